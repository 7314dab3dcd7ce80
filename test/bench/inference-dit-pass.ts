import type { LowRank } from "../../pipelines/wan/dit/adapters.ts";
import type { DitConfig } from "../../pipelines/wan/dit/config.ts";
import { Dit } from "../../pipelines/wan/dit/dit.ts";
import { longLive } from "../../pipelines/wan/policy/longlive.ts";
import { type Engine, Graph, Weights, writeSafetensors } from "../../src/inference/index.ts";
import { weight } from "../golden/recipe.ts";
import { ditShapes } from "../pipelines/wan/dit/shapes.ts";

/** The model that PyTorch was measured with. */
export const CONFIG: DitConfig = {
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
	patch: 2,
};
const SIZE = { rows: 32, columns: 32 };
const FRAMES = 3;
/** Tokens of a pass, and keys that they see. */
export const TOKENS = 768;
export const KEYS = 3072;

/** Multiplications and additions of one pass, ×10⁹. */
export const GIGA =
	(CONFIG.layers *
		(12 * TOKENS * CONFIG.dim ** 2 +
			4 * TOKENS * KEYS * CONFIG.dim +
			4 * TOKENS * CONFIG.textLength * CONFIG.dim +
			4 * TOKENS * CONFIG.dim * CONFIG.ffn)) /
	1e9;

/** Which form of the model a pass is of. */
export interface Form {
	readonly weights: Weights;
	/** Of adapters over all layers. */
	readonly rank?: number;
	/** Tokens of the prompt that are not padding. */
	readonly prompt?: number;
}

/** A pass that writes over its own slots of a full cache. What it needs is closed with `stack`. */
export async function openPass(
	engine: Engine,
	stack: AsyncDisposableStack,
	{ weights, rank, prompt = CONFIG.textLength }: Form,
): Promise<() => Promise<void>> {
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
	return () => run(12);
}

/** Time of the processor that `run` takes, in milliseconds. */
export async function cpuTime(run: () => Promise<unknown>): Promise<number> {
	const before = process.cpuUsage();
	await run();
	const { user, system } = process.cpuUsage(before);
	return (user + system) / 1000;
}

/** A model of a configuration's shapes, written to `file`. */
export async function made(config: DitConfig, file: string): Promise<Weights> {
	const tensors = Object.entries(ditShapes(config)).map(
		([name, shape]) => [name, { dtype: "float32", shape, data: weight(name, shape) }] as const,
	);
	await writeSafetensors(file, Object.fromEntries(tensors));
	return await Weights.open(file);
}

/** What the machine multiplies on one thread, GFLOP/s: the best of several. */
export async function plainProduct(engine: Engine, runs: number): Promise<number> {
	const n = 1536;
	const graph = new Graph("product");
	graph.output("y", graph.matmul(graph.input("a", "float32", [n, n]), graph.input("b", "float32", [n, n])));
	await using model = await engine.model(graph);
	using a = engine.tensor("float32", [n, n], weight("a", [n, n]));
	using b = engine.tensor("float32", [n, n], weight("b", [n, n]));
	using y = engine.tensor("float32", [n, n]);
	let least = Number.POSITIVE_INFINITY;
	for (let i = 0; i < runs; i++) least = Math.min(least, await cpuTime(() => model.run({ a, b }, { y })));
	return (2 * n ** 3) / least / 1e6;
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
