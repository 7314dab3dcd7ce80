import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WAN_1_3B, WAN_14B } from "../../pipelines/wan/dit/config.ts";
import { Dit } from "../../pipelines/wan/dit/dit.ts";
import { withFewBits } from "../../pipelines/wan/dit/few-bits.ts";
import { drawDit } from "../../pipelines/wan/dit/graph.ts";
import { longLive } from "../../pipelines/wan/policy/longlive.ts";
import { Rollout } from "../../pipelines/wan/rollout.ts";
import { Schedule } from "../../pipelines/wan/schedule.ts";
import { Engine, Weights } from "../../src/inference/index.ts";
import { weight } from "../golden/recipe.ts";
import { ditShapes } from "../pipelines/wan/dit/shapes.ts";
import { TINY } from "../pipelines/wan/dit/tiny.ts";
import { writeSparse } from "../pipelines/wan/sparse.ts";
import type { Emit } from "./emit.ts";
import { CONFIG, cpuTime, type Form, GIGA, KEYS, made, openPass, plainProduct, TOKENS } from "./inference-dit-pass.ts";
import { besideTorch } from "./inference-torch.ts";

const FRAMES = 3;
const RANK = 32;
const CHUNKS = 1000;
const RUNS = 12;
/** Tokens of a usual prompt. */
const PROMPT = 60;

/** What adapters over all linear layers add to the ×10⁹ multiplications and additions of a pass: down and up. */
const LORA_GIGA = (CONFIG.layers * 2 * TOKENS * RANK * (6 * 2 * CONFIG.dim + 2 * (CONFIG.dim + CONFIG.ffn))) / 1e9;

/** The transformer on one thread of the CPU, and how the full-size ones open. */
export async function ditFigures(emit: Emit): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), "mutoscope-bench-"));
	try {
		await using engine = await Engine.open({ provider: "cpu", threads: 1 });
		await passes(engine, folder, emit);
		await chunks(engine, folder, emit);
		await opening(engine, folder, emit);
	} finally {
		rmSync(folder, { recursive: true });
	}
}

async function passes(engine: Engine, folder: string, emit: Emit): Promise<void> {
	const weights = await made(CONFIG, join(folder, "model.safetensors"));
	const eight = await withFewBits(weights, join(folder, "int8.safetensors"), { form: "columns" });
	const rate = await plainProduct(engine, RUNS);
	const asMany = (GIGA / rate) * 1000;
	const [plain = 0, brief = 0, int8 = 0, room = 0, lora = 0] = await passTimes(engine, [
		{ weights },
		{ weights, prompt: PROMPT },
		{ weights: eight },
		{ weights, rank: 0 },
		{ weights, rank: RANK },
	]);
	const shape = `dim 256, 8 layers, ${TOKENS} tokens, ${KEYS} keys, ${GIGA.toFixed(1)} GFLOP, least of ${RUNS}`;
	const conditions = `${shape}; a plain product of 1536³ ran at ${rate.toFixed(0)} GFLOP/s: ${asMany.toFixed(0)} ms for as many`;
	emit({ name: "DiT pass, fp32", value: plain, unit: "ms CPU", limit: 220, conditions });
	emit({ name: "DiT pass, int8", value: int8, unit: "ms CPU", limit: 150, conditions });
	const against = "DiT pass, fp32, against a plain product of as many FLOP";
	emit({ name: against, value: plain / asMany, unit: "×", conditions: shape });
	const short = `${shape}, but for the padding of a prompt of ${PROMPT} tokens, which is taken together`;
	emit({ name: "DiT pass, fp32, short prompt", value: brief, unit: "ms CPU", conditions: short });
	emit({ name: "DiT pass with room for LoRA", value: room / plain - 1, unit: "share", conditions: "rank 0" });
	const share = (lora / plain - 1) / (LORA_GIGA / GIGA);
	const what = `rank ${RANK} on all linear layers, ${((100 * LORA_GIGA) / GIGA).toFixed(1)} % more FLOP, against no room for any`;
	emit({ name: "LoRA overhead, times its FLOP", value: share, unit: "×", limit: 1.5, conditions: what });
	await besideTorch(engine, { fp32: weights, int8: eight }, emit);
}

/** The least time of the processor that a pass takes in each form, by turns, in milliseconds. */
async function passTimes(engine: Engine, forms: readonly Form[]): Promise<number[]> {
	await using stack = new AsyncDisposableStack();
	const runs = [];
	for (const form of forms) runs.push(await openPass(engine, stack, form));
	const least = runs.map(() => Number.POSITIVE_INFINITY);
	for (let i = 0; i < RUNS; i++) {
		for (const [form, run] of runs.entries()) least[form] = Math.min(least[form] as number, await cpuTime(run));
	}
	return least;
}

/** A stream of a thousand chunks: memory afterwards against memory after the first hundred. */
async function chunks(engine: Engine, folder: string, emit: Emit): Promise<void> {
	const weights = await made(TINY, join(folder, "tiny.safetensors"));
	const policy = longLive({ window: 12, sink: 3 });
	await using dit = new Dit(engine, { config: TINY, weights, size: { rows: 8, columns: 8 }, policy });
	using text = await dit.read(weight("context", [TINY.textLength, TINY.textDim]));
	const noise = weight("noise", [FRAMES, TINY.inChannels, 8, 8]);
	const rollout = new Rollout(dit, { schedule: new Schedule(5), chunk: FRAMES, clean: true, recache: 12, sink: 3 });
	let settled = 0;
	for (let chunk = 0; chunk < CHUNKS; chunk++) {
		await rollout.chunk({ text, timesteps: [1000, 500], noise: () => noise, textChanged: chunk % 50 === 0 });
		if (chunk === CHUNKS / 10) settled = memory();
	}
	const conditions = `${CHUNKS} chunks of ${FRAMES} latent frames, a change of text every 50; from the 100th on`;
	emit({ name: "memory gained over a stream", value: (memory() - settled) / 1e6, unit: "MB", limit: 10, conditions });
}

async function opening(engine: Engine, folder: string, emit: Emit): Promise<void> {
	for (const [name, config] of [
		["1.3B", WAN_1_3B],
		["14B", WAN_14B],
	] as const) {
		const file = join(folder, `${name}.safetensors`);
		await writeSparse(file, new Map(Object.entries(ditShapes(config))), () => "bfloat16");
		const before = memory();
		const start = performance.now();
		const weights = await Weights.open(file);
		const options = { dtype: "float32", attention: engine.provider.attention, cache: "turned", lora: true } as const;
		const { graph } = drawDit(config, weights, options);
		await using _model = await engine.model(graph, { prepack: false, optimise: "none" });
		const seconds = (performance.now() - start) / 1000;
		const conditions = "bf16 file of zeros, room for LoRA; header read, graph drawn, loaded";
		emit({ name: `Wan ${name} opens`, value: seconds, unit: "s", limit: 1, conditions });
		emit({ name: `Wan ${name} takes`, value: (memory() - before) / 1e6, unit: "MB", limit: 300, conditions });
	}
}

/** Memory of the process in bytes, without what V8 holds in reserve: that grows in steps, and comes to an end. */
function memory(): number {
	globalThis.gc?.();
	const { rss, heapTotal, heapUsed } = process.memoryUsage();
	return rss - heapTotal + heapUsed;
}
