import type { Engine, Tensor } from "mutoscope/inference";
import type { Dit } from "../../../pipelines/wan/dit/dit.ts";
import type { TextKeys } from "../../../pipelines/wan/dit/text-keys.ts";
import { type CaseFolder, SINGLE } from "../case.ts";
import { type Compared, compare } from "../compare.ts";
import { floatsOf } from "../inside.ts";

const PARTS = { k: "keys", v: "values" } as const;

/**
 * Compares what a transformer remembers with the stored caches: its window in the reference's order, the text's keys, and
 * the memory bank. Slots that nothing has been written to are left out.
 */
export async function* compareCaches(
	folder: CaseFolder,
	engine: Engine,
	dit: Dit,
	text: TextKeys,
	limit = SINGLE,
): AsyncIterable<Compared> {
	for (const name of folder.names.filter((name) => /^(cache|xattn|bank)_[kv](_new)?_l\d+$/.test(name)).sort()) {
		const [, what, letter, fresh, layer] = /^(\w+)_([kv])(_new)?_l(\d+)$/.exec(name) as unknown as string[];
		const part = PARTS[letter as "k" | "v"];
		const stored = folder.floats(name);
		let ours: Float32Array;
		if (what === "xattn") {
			// One key stands for all of the padding.
			const told = await floatsOf(engine, text.main[part][Number(layer)] as Tensor);
			ours = new Float32Array(stored.length);
			const [, tokens = 1] = folder.tensor(name).shape;
			const last = told.subarray(-stored.length / tokens);
			for (let at = 0; at < ours.length; at += last.length)
				ours.set(at < told.length ? told.subarray(at, at + last.length) : last, at);
		} else {
			const where = what === "cache" ? "window" : fresh ? "staged" : "bank";
			ours = await dit.cache.read(part, Number(layer), where);
			// The reference has an empty bank where we have none.
			if (where !== "window" && dit.policy?.bank === 0) ours = new Float32Array(stored.length);
		}
		const written = what === "cache" ? stored.subarray(0, ours.length) : stored;
		yield compare(name, ours, written, limit);
	}
}
