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
const EDGE = 512;

/** What a proof runs on. */
interface Bench {
	tensor(dtype: DType, dims: readonly number[], data?: ArrayLike<number>): Tensor;
	deviceTensor(dtype: DType, dims: readonly number[]): Tensor;
	copy(from: Tensor, to: Tensor): Promise<void>;
	model(graph: Graph, options: { config: Record<string, string> }): Promise<Model>;
}

/**
 * Computes an attention on a device and here, and compares. Throws where they differ, or where the device needs the CPU's
 * help and is not to be `helped`.
 *
 * Returns whether a memory can be written where it lies (`ChosenProvider.inPlace`).
 */
export async function prove(bench: Bench, form: AttentionForm, dtype: DType, helped: boolean): Promise<boolean> {
	const graph = new Graph("self-test");
	const input = (name: string, length: number) => graph.cast(graph.input(name, "float32", [1, length, H * D]), dtype);
	const y = graph.attention(input("q", S), input("k", L), input("v", L), { heads: H, form });
	graph.output("y", graph.cast(y, "float32"));
	const data = { q: noise(S * H * D, 1), k: noise(L * H * D, 2), v: noise(L * H * D, 3) };
	const found = await compute(bench, graph, helped, {
		q: bench.tensor("float32", [1, S, H * D], data.q),
		k: bench.tensor("float32", [1, L, H * D], data.k),
		v: bench.tensor("float32", [1, L, H * D], data.v),
	});
	const wanted = attention(data.q, data.k, data.v);
	const error = wanted.reduce((worst, value, i) => Math.max(worst, Math.abs(value - Number(found[i]))), 0);
	if (!(error <= (LIMITS[dtype] ?? 0))) throw new Error(`its numbers are off by ${error.toPrecision(2)}`);
	return scatters(bench);
}

async function compute(bench: Bench, graph: Graph, helped: boolean, feeds: Record<string, Tensor>) {
	await using model = await bench.model(graph, { config: { "session.disable_cpu_ep_fallback": helped ? "0" : "1" } });
	const { y } = (await model.run(feeds)) as { y: Tensor };
	const found = Float32Array.from(y.data as Float32Array);
	for (const tensor of [...Object.values(feeds), y]) tensor.dispose();
	return found;
}

/** Writes the third of eight rows where they lie, and looks whether that row and no other has changed. */
async function scatters(bench: Bench): Promise<boolean> {
	const graph = new Graph("in-place");
	const rows = graph.input("rows", "float32", [8, D]);
	graph.output(
		"written",
		graph.scatterND(rows, graph.input("at", "int64", [1, 1]), graph.input("row", "float32", [1, D])),
	);
	await using model = await bench.model(graph, { config: {} });
	using memory = bench.deviceTensor("float32", [8, D]);
	using at = bench.tensor("int64", [1, 1], [2]);
	using row = bench.tensor("float32", [1, D], noise(D, 4));
	using seen = bench.tensor("float32", [8, D]);
	try {
		await model.run({ rows: memory, at, row }, { written: memory });
		await bench.copy(memory, seen);
	} catch {
		return false;
	}
	return seen.data.every((value, i) => value === (Math.floor(i / D) === 2 ? row.data[i % D] : 0));
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
