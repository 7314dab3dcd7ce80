import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LowRank } from "../../pipelines/wan/dit/adapters.ts";
import type { DitConfig } from "../../pipelines/wan/dit/config.ts";
import { WAN_1_3B, WAN_14B } from "../../pipelines/wan/dit/config.ts";
import { Dit } from "../../pipelines/wan/dit/dit.ts";
import { withFewBits } from "../../pipelines/wan/dit/few-bits.ts";
import { drawDit } from "../../pipelines/wan/dit/graph.ts";
import { longLive } from "../../pipelines/wan/policy/longlive.ts";
import { Rollout } from "../../pipelines/wan/rollout.ts";
import { Schedule } from "../../pipelines/wan/schedule.ts";
import { Engine, Graph, Weights, writeSafetensors } from "../../src/inference/index.ts";
import { weight } from "../golden/recipe.ts";
import { ditShapes } from "../pipelines/wan/dit/shapes.ts";
import { TINY } from "../pipelines/wan/dit/tiny.ts";
import { writeSparse } from "../pipelines/wan/sparse.ts";
import type { Emit } from "./emit.ts";

/** The model that PyTorch was measured with. */
const CONFIG: DitConfig = {
	dim: 256,
	ffn: 1024,
	heads: 4,
	layers: 8,
	inChannels: 16,
	outChannels: 16,
	frequencies: 256,
	textDim: 512,
	textLength: 512,
	eps: 1e-6,
};
const SIZE = { rows: 32, columns: 32 };
const FRAMES = 3;
const TOKENS = 768;
const KEYS = 3072;
const RANK = 32;
const CHUNKS = 1000;
const RUNS = 12;
/** Tokens of a usual prompt. */
const PROMPT = 60;

/** Multiplications and additions of one pass, ×10⁹. */
const GIGA =
	(CONFIG.layers *
		(12 * TOKENS * CONFIG.dim ** 2 +
			4 * TOKENS * KEYS * CONFIG.dim +
			4 * TOKENS * CONFIG.textLength * CONFIG.dim +
			4 * TOKENS * CONFIG.dim * CONFIG.ffn)) /
	1e9;

/** Of that, what adapters over all linear layers add: down and up. */
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
	const rate = await plainProduct(engine);
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
}

interface Form {
	readonly weights: Weights;
	/** Of adapters over all layers. */
	readonly rank?: number;
	/** Tokens of the prompt that are not padding. */
	readonly prompt?: number;
}

/** CPU time of a pass that writes over its own slots of a full cache, in milliseconds, by turns for each form. */
async function passTimes(engine: Engine, forms: readonly Form[]): Promise<number[]> {
	await using stack = new AsyncDisposableStack();
	const runs = [];
	for (const { weights, rank, prompt = CONFIG.textLength } of forms) {
		const policy = longLive({ window: 12, sink: 3 });
		const lora = rank !== undefined;
		const dit = stack.use(new Dit(engine, { config: CONFIG, weights, size: SIZE, policy, lora }));
		if (rank) dit.adapt((adapters) => adapters.set(adaptersOf(rank)));
		const embeddings = weight("context", [CONFIG.textLength, CONFIG.textDim]).fill(0, prompt * CONFIG.textDim);
		const text = stack.use(await dit.read(embeddings));
		const latents = weight("latents", [FRAMES, 16, SIZE.rows, SIZE.columns]);
		const run = async (start: number) => {
			await dit.forward({ latents, timesteps: 500, text, pass: { start, frames: FRAMES, kind: "denoise" } });
		};
		for (let start = 0; start <= 12; start += FRAMES) await run(start);
		runs.push(run);
	}
	const least = runs.map(() => Number.POSITIVE_INFINITY);
	for (let i = 0; i < RUNS; i++) {
		for (const [form, run] of runs.entries()) {
			const before = process.cpuUsage();
			await run(12);
			const { user, system } = process.cpuUsage(before);
			least[form] = Math.min(least[form] as number, (user + system) / 1000);
		}
	}
	return least;
}

/** What the machine multiplies on one thread, GFLOP/s: the best of several. */
async function plainProduct(engine: Engine): Promise<number> {
	const n = 1536;
	const graph = new Graph("product");
	graph.output("y", graph.matmul(graph.input("a", "float32", [n, n]), graph.input("b", "float32", [n, n])));
	await using model = await engine.model(graph);
	using a = engine.tensor("float32", [n, n], weight("a", [n, n]));
	using b = engine.tensor("float32", [n, n], weight("b", [n, n]));
	using y = engine.tensor("float32", [n, n]);
	let best = 0;
	for (let i = 0; i < RUNS; i++) {
		const before = process.cpuUsage();
		await model.run({ a, b }, { y });
		const { user, system } = process.cpuUsage(before);
		best = Math.max(best, (2 * n ** 3) / (user + system) / 1000);
	}
	return best;
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

async function made(config: DitConfig, file: string): Promise<Weights> {
	const tensors = Object.entries(ditShapes(config)).map(
		([name, shape]) => [name, { dtype: "float32", shape, data: weight(name, shape) }] as const,
	);
	await writeSafetensors(file, Object.fromEntries(tensors));
	return await Weights.open(file);
}

function adaptersOf(rank: number): ReadonlyMap<string, LowRank> {
	const layers = Object.entries(ditShapes(CONFIG)).flatMap(([name, shape]) => {
		const [outputs = 0, inputs = 0] = shape;
		if (!name.startsWith("blocks.") || shape.length !== 2) return [];
		const module = name.slice(0, -".weight".length);
		const down = weight(`${module}.down`, [rank, inputs]);
		const up = weight(`${module}.up`, [outputs, rank]);
		return [[module, { rank, down, up, scale: new Float32Array(rank).fill(0.1) }] as const];
	});
	return new Map(layers);
}
