import type { DType } from "../dtype.ts";
import { Graph } from "../graph/graph.ts";
import type { Model } from "../model.ts";
import type { Tensor } from "../tensor.ts";
import type { AttentionForm } from "./provider.ts";

/** Queries, keys, heads and width of a head: more than one block of every kernel we know, and no multiple of any. */
const [S, L, H, D] = [72, 150, 2, 64] as const;
/** How far a result in [-1, 1] may be off. What is wrong is wrong by far more: 0.03 and up was seen. */
const LIMITS: Partial<Record<DType, number>> = { float32: 1e-4, float16: 1e-2, bfloat16: 5e-2 };
/** Edge of the product that speed is measured with. */
const EDGE = 1024;

/** What a proof runs on. */
interface Bench {
	tensor(dtype: DType, dims: readonly number[], data?: ArrayLike<number>): Tensor;
	model(graph: Graph, options: { config: Record<string, string> }): Promise<Model>;
}

/** A way to compute that gave the right numbers. */
export interface Proof {
	/** Greatest difference from attention computed here. */
	readonly error: number;
	/** Products and sums of a float32 or 16-bit product of matrices, 10⁹ a second. */
	readonly speed: number;
}

/**
 * Computes an attention on a device and here, and compares. Throws where they differ, or where the device cannot compute it
 * without the CPU's help.
 */
export async function prove(bench: Bench, form: AttentionForm, dtype: DType, helped: boolean): Promise<number> {
	const graph = new Graph("self-test");
	const [q, k, v] = (["q", "k", "v"] as const).map((name) =>
		graph.cast(graph.input(name, "float32", [1, name === "q" ? S : L, H * D]), dtype),
	) as [ReturnType<Graph["input"]>, ReturnType<Graph["input"]>, ReturnType<Graph["input"]>];
	graph.output("y", graph.cast(graph.attention(q, k, v, { heads: H, form }), "float32"));
	await using model = await bench.model(graph, {
		config: { "session.disable_cpu_ep_fallback": helped ? "0" : "1" },
	});
	const data = { q: noise(S * H * D, 1), k: noise(L * H * D, 2), v: noise(L * H * D, 3) };
	const feeds = {
		q: bench.tensor("float32", [1, S, H * D], data.q),
		k: bench.tensor("float32", [1, L, H * D], data.k),
		v: bench.tensor("float32", [1, L, H * D], data.v),
	};
	const { y } = (await model.run(feeds)) as { y: Tensor };
	const wanted = attention(data.q, data.k, data.v);
	const error = wanted.reduce((worst, value, i) => Math.max(worst, Math.abs(value - Number(y.data[i]))), 0);
	for (const tensor of [...Object.values(feeds), y]) tensor.dispose();
	if (!(error <= (LIMITS[dtype] ?? 0))) throw new Error(`its numbers are off by ${error.toPrecision(2)}`);
	return error;
}

/** Measures a product of two matrices: the best of three, the first of which may compile. */
export async function gauge(bench: Bench, dtype: DType): Promise<number> {
	const graph = new Graph("speed");
	const a = graph.cast(graph.input("a", "float32", [EDGE, EDGE]), dtype);
	graph.output("y", graph.cast(graph.reduceMax(graph.matmul(a, a), [0, 1], false), "float32"));
	await using model = await bench.model(graph, { config: {} });
	using tensor = bench.tensor("float32", [EDGE, EDGE]);
	let best = Number.POSITIVE_INFINITY;
	for (let i = 0; i < 3; i++) {
		const begun = performance.now();
		const { y } = await model.run({ a: tensor });
		y?.dispose();
		best = Math.min(best, performance.now() - begun);
	}
	return (2 * EDGE ** 3) / best / 1e6;
}

/** softmax(q · kᵀ / √d) · v in double precision, head by head. */
function attention(q: Float32Array, k: Float32Array, v: Float32Array): Float64Array {
	const result = new Float64Array(S * H * D);
	for (let head = 0; head < H; head++) {
		for (let row = 0; row < S; row++) {
			const at = (row * H + head) * D;
			const scores = Array.from({ length: L }, (_, key) => {
				let sum = 0;
				for (let i = 0; i < D; i++) sum += (q[at + i] as number) * (k[(key * H + head) * D + i] as number);
				return Math.exp(sum / Math.sqrt(D));
			});
			const total = scores.reduce((sum, score) => sum + score, 0);
			for (const [key, score] of scores.entries())
				for (let i = 0; i < D; i++)
					result[at + i] = (result[at + i] as number) + (score / total) * (v[(key * H + head) * D + i] as number);
		}
	}
	return result;
}

/** Numbers in [-2, 2], the same each time: a linear congruential generator (Numerical Recipes, §7.1). */
function noise(length: number, seed: number): Float32Array {
	let state = seed;
	return Float32Array.from({ length }, () => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return state / 2 ** 30 - 2;
	});
}
