import { readFileSync } from "node:fs";
import { Engine, type Weights } from "mutoscope/inference";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Dit, type ForwardInputs } from "../../../../pipelines/wan/dit/dit.ts";
import { swapAxes } from "../../../../pipelines/wan/dit/patches.ts";
import type { TextKeys } from "../../../../pipelines/wan/dit/text-keys.ts";
import { krea } from "../../../../pipelines/wan/policy/krea.ts";
import { longLive } from "../../../../pipelines/wan/policy/longlive.ts";
import { memFlow } from "../../../../pipelines/wan/policy/memflow.ts";
import type { Pass, Policy } from "../../../../pipelines/wan/policy/plan.ts";
import { rewardForcing } from "../../../../pipelines/wan/policy/reward-forcing.ts";
import { sliding } from "../../../../pipelines/wan/policy/sliding.ts";
import { input } from "../../../golden/recipe.ts";
import { ditShapes, vaceShapes } from "./shapes.ts";
import { madeWeights, TINY } from "./tiny.ts";

interface Call {
	readonly label: string;
	readonly start_frame?: number;
	readonly frames: number;
	readonly t: number;
	readonly context?: string;
	readonly bias?: number;
	readonly recompute?: boolean;
	readonly vace_frames?: number;
	readonly scale?: number;
	readonly flow: readonly number[];
}

const { policies: vectors }: { policies: Readonly<Record<string, { readonly calls: readonly Call[] }>> } = JSON.parse(
	readFileSync(new URL("../../../golden/vectors/dit_tiny.json", import.meta.url), "utf8"),
);

const LAYERS = [0, 1];
/** Inputs whose names do not begin with that of the vector. */
const PREFIX: Readonly<Record<string, string>> = { memflow_bank: "memflow", vace_longlive: "vace" };
const BANK = { size: 3, interval: 3, record: "interval", chunk: 3 } as const;
const policies: Readonly<Record<string, Policy>> = {
	longlive: longLive({ window: 12, sink: 3 }),
	streamdiffusionv2: sliding({ window: 6, sink: 3 }),
	reward_forcing: rewardForcing({ window: 9, sink: 3 }),
	krea: krea({ window: 6, chunk: 3 }),
	memflow_bank: memFlow({ window: 12, sink: 3, bank: BANK }),
	vace_longlive: longLive({ window: 12, sink: 3 }),
};

let engine: Engine;
let weights: Weights;
let remove: () => Promise<void>;

beforeAll(async () => {
	engine = await Engine.open({ provider: "cpu" });
	({ weights, remove } = await madeWeights({ ...ditShapes(TINY), ...vaceShapes(TINY, LAYERS.length) }));
});

afterAll(async () => {
	await engine[Symbol.asyncDispose]();
	await remove();
});

test("each vector has a policy", () => {
	expect(Object.keys(vectors).sort()).toEqual(Object.keys(policies).sort());
});

describe.each(Object.entries(policies))("%s", (name, policy) => {
	test("every pass of the reference comes out the same", async () => {
		const vace = name.startsWith("vace") ? { vace: { weights, layers: LAYERS } } : {};
		const size = { rows: 4, columns: 4 };
		await using dit = new Dit(engine, { config: TINY, weights, size, policy, spare: true, ...vace });
		const texts = new Map<string, TextKeys>();
		for (const context of ["ctxA", "ctxB"]) texts.set(context, await dit.read(input(context, [1, 5, 6])));
		for (const call of callsOf(name)) {
			const text = texts.get(call.context ?? "ctxA") as TextKeys;
			const { flow } = await dit.forward(inputsOf(name, call, text));
			if (call.flow.length === 0) continue;
			const difference = Math.max(...flow.map((value, i) => Math.abs(value - (call.flow[i] as number))));
			expect(difference, call.label).toBeLessThan(1e-4);
		}
		for (const text of texts.values()) text[Symbol.dispose]();
	});
});

/** The calls of a vector, and between them those that it leaves out: of MemFlow's twelve chunks not all are stored. */
function callsOf(name: string): readonly Call[] {
	const { calls } = vectors[name] as { calls: readonly Call[] };
	if (name !== "memflow_bank") return calls;
	return Array.from({ length: 12 }, (_, chunk) =>
		[1000, 0].map((t) => {
			const label = `c${chunk}t${t}`;
			const known = calls.find((call) => call.label === label);
			return known ?? { label, start_frame: 3 * chunk, frames: 3, t, flow: [] };
		}),
	).flat();
}

function inputsOf(name: string, call: Call, text: TextKeys): ForwardInputs {
	const { label, frames, t, bias, vace_frames: given, scale = 1 } = call;
	const kind: Pass["kind"] = call.recompute
		? "context"
		: label.startsWith("recache")
			? "recache"
			: t === 0
				? "clean"
				: "denoise";
	return {
		latents: input(`${PREFIX[name] ?? name}:${label}`, [1, frames, 4, 4, 4]),
		timesteps: t,
		text,
		pass: { start: call.start_frame ?? 0, frames, kind, opens: t === 1000 },
		...(bias === undefined ? {} : { bias }),
		...(given === undefined
			? {}
			: { vace: { context: swapAxes(input(`vace:ctx${label.slice(1)}`, [96, given, 4, 4]), 96, given), scale } }),
	};
}
