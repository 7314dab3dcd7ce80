import { extname } from "node:path";
import type { Engine, Weights } from "mutoscope/inference";
import { type Artifact, type Log, MutoscopeError, reasonOf } from "mutoscope/sdk";
import type { Dit } from "./dit/dit.ts";
import { readAdapter } from "./lora/adapter.ts";
import { merged, type ScaledAdapter } from "./lora/merge.ts";
import { type LoraSlot, wantedLoras } from "./lora/slots.ts";
import { LoraStack } from "./lora/stack.ts";

/** What adapters are looked for with. */
export interface LoraParts {
	/** Where a file lies. Throws when it is not there. */
	file(artifact: Artifact): string;
	/** Adapters that came with the model. */
	readonly shipped: readonly Artifact[];
	readonly base: Weights;
	readonly log: Log;
}

const ENDINGS = [".safetensors", ".pt", ".bin"];

/** Adapters that are merged into the weights when they are opened. What cannot be read is left out, and said. */
export async function mergeLoras(
	slots: readonly LoraSlot[],
	parts: LoraParts,
	options: { readonly engine: Engine; readonly folder: string; progress(share: number): void },
	signal: AbortSignal,
): Promise<Weights> {
	const { base, log } = parts;
	const scaled: ScaledAdapter[] = [];
	for (const { name, scale } of wantedLoras(slots)) {
		try {
			const adapter = await readAdapter(located(parts, name), base);
			if (adapter.unmatched.length > 0)
				log.warn("parts of a LoRA fit nothing", { name, keys: adapter.unmatched.length });
			scaled.push({ adapter, scale });
		} catch (error) {
			log.warn("a LoRA was left out", { name, reason: reasonOf(error) });
		}
	}
	return merged(base, scaled, options, signal);
}

/** Adapters that lie over the model while it runs: put on, taken off and turned at any chunk. */
export class LiveLoras {
	readonly #parts: LoraParts;
	readonly #stack = new LoraStack();
	/** Names that could not be read, until they are taken from the panel. */
	readonly #refused = new Set<string>();

	constructor(parts: LoraParts) {
		this.#parts = parts;
	}

	/** Brings the model to what the panel says. Returns whether anything is another than before. */
	async follow(slots: readonly LoraSlot[], dit: Dit): Promise<boolean> {
		// At 0 it is no part of the model, and costs nothing.
		const live = wantedLoras(slots).filter(({ scale }) => scale !== 0);
		for (const name of [...this.#refused]) if (!live.some((slot) => slot.name === name)) this.#refused.delete(name);
		const files = new Map<string, LoraSlot>();
		for (const slot of live) {
			const path = this.#path(slot.name);
			if (path !== undefined) files.set(path, slot);
		}
		let [changed, turned] = [false, false];
		for (const { file } of this.#stack.adapters) if (!files.has(file)) changed = this.#stack.remove(file) || changed;
		for (const [file, { name, scale }] of files) {
			if (this.#stack.adapters.some((adapter) => adapter.file === file)) {
				turned = this.#stack.setScale(file, scale) || turned;
			} else {
				changed = (await this.#add(file, name, scale)) || changed;
			}
		}
		if (changed) dit.adapt((adapters) => adapters.set(this.#stack.layers()));
		else if (turned) dit.adapt((adapters) => adapters.scale(this.#stack.scales()));
		return changed || turned;
	}

	#path(name: string): string | undefined {
		if (this.#refused.has(name)) return undefined;
		try {
			return located(this.#parts, name);
		} catch (error) {
			this.#refuse(name, error);
			return undefined;
		}
	}

	async #add(file: string, name: string, scale: number): Promise<boolean> {
		try {
			const left = await this.#stack.add(await readAdapter(file, this.#parts.base), scale);
			if (left.length > 0) this.#parts.log.warn("parts of a LoRA can only be merged", { name, parts: left.length });
			return true;
		} catch (error) {
			this.#refuse(name, error);
			return false;
		}
	}

	#refuse(name: string, error: unknown): void {
		this.#refused.add(name);
		this.#parts.log.warn("a LoRA was left out", { name, reason: reasonOf(error) });
	}
}

/** The file of a name: of the LoRA folder, else one that came with the model, which may go without its folder. */
function located({ file, shipped }: LoraParts, name: string): string {
	const names = ["", ...ENDINGS].map((ending) => `${name}${ending}`).filter((each) => ENDINGS.includes(extname(each)));
	const own = shipped.filter((each) =>
		names.some((wanted) => each.file === wanted || each.file.endsWith(`/${wanted}`)),
	);
	let failure: unknown = new MutoscopeError("artifact/missing", { repo: "lora", file: name });
	for (const artifact of [...names.map((wanted) => ({ repo: "lora", file: wanted })), ...own]) {
		try {
			return file(artifact);
		} catch (error) {
			failure = error;
		}
	}
	throw failure;
}
