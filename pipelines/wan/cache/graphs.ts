import { type DType, Graph, type Value } from "mutoscope/inference";

/** The measures of a cache of keys and values. */
export interface CacheShape {
	readonly layers: number;
	readonly dim: number;
	readonly heads: number;
	readonly dtype: DType;
}

type Part = "keys" | "values";

/** A graph that rewrites rows of every layer's cache in place: `keys.<i>` and `keys.<i>.written`, and so with the values. */
function drawCaches(
	name: string,
	shape: CacheShape,
	begin: (g: Graph) => (cache: Value, part: Part, layer: number) => Value,
): Graph {
	const g = new Graph(name);
	const rewrite = begin(g);
	for (let layer = 0; layer < shape.layers; layer++) {
		for (const part of ["keys", "values"] as const) {
			const cache = g.input(`${part}.${layer}`, shape.dtype, ["keys", shape.dim]);
			g.output(`${part}.${layer}.written`, rewrite(cache, part, layer));
		}
	}
	return g;
}

/** Rows as ScatterND wants them, and as Gather does. */
function rows(g: Graph, name: string, length: string): { at: Value; list: Value } {
	const list = g.input(name, "int64", [length]);
	return { at: g.unsqueeze(list, [1]), list };
}

/** Copies the rows `from` to the rows `to`: int64 [rows]. */
export function drawCopy(shape: CacheShape): Graph {
	return drawCaches("wan-cache-copy", shape, (g) => {
		const from = rows(g, "from", "rows");
		const to = rows(g, "to", "rows");
		return (cache) => g.scatterND(cache, to.at, g.gather(cache, from.list, 0));
	});
}

/** `to` = decay · `to` + (1 − decay) · `from`, for rows int64 [rows] and `decay` fp32 [1]. In fp32, or it would be rounded away. */
export function drawAverage(shape: CacheShape): Graph {
	return drawCaches("wan-cache-average", shape, (g) => {
		const from = rows(g, "from", "rows");
		const to = rows(g, "to", "rows");
		const decay = g.input("decay", "float32", [1]);
		const wide = (x: Value) => (shape.dtype === "float32" ? x : g.cast(x, "float32"));
		return (cache) => {
			const [old, left] = [to, from].map(({ list }) => wide(g.gather(cache, list, 0))) as [Value, Value];
			const mixed = g.add(g.mul(old, decay), g.mul(left, g.sub(1, decay)));
			return g.scatterND(cache, to.at, shape.dtype === "float32" ? mixed : g.cast(mixed, shape.dtype));
		};
	});
}

/** Turns the keys of the rows `to` (int64 [rows]) on by `cos` and `sin`, fp32 [rows, depth/2]. Values stay as they are. */
export function drawTurn(shape: CacheShape): Graph {
	const { dim, heads, dtype } = shape;
	return drawCaches("wan-cache-turn", shape, (g) => {
		const to = rows(g, "to", "rows");
		const table = (name: string) => g.input(name, "float32", ["rows", dim / heads / 2]);
		const [cos, sin] = [table("cos"), table("sin")];
		return (cache, part) => {
			const own = g.gather(cache, to.list, 0);
			if (part === "values") return g.scatterND(cache, to.at, own);
			const keys = g.unsqueeze(own, [0]);
			const wide = dtype === "float32" ? keys : g.cast(keys, "float32");
			const moved = g.squeeze(g.rotary(wide, cos, sin, { heads, interleaved: true }), [0]);
			return g.scatterND(cache, to.at, dtype === "float32" ? moved : g.cast(moved, dtype));
		};
	});
}

/**
 * MemFlow's bank when it is full (Ji et al. 2025, arXiv 2512.14699): of its frames, rows `to` int64 [size · tokens], those
 * stay that fit the text best, best first, and what is staged, rows `from` int64 [tokens], is put behind them.
 *
 * A frame's score is the mean, over the text's keys `text.<i>` [1, text, dim], the heads and the frame's tokens, of the
 * scaled products of keys; since it is linear, the product of the means. Every layer has a bank, and an order, of its own.
 */
export function drawCompress(shape: CacheShape, size: number): Graph {
	const { dim, heads, dtype } = shape;
	return drawCaches("wan-bank-compress", shape, (g) => {
		const from = rows(g, "from", "tokens");
		const to = rows(g, "to", `${size}*tokens`);
		const best: Value[] = [];
		return (cache, part, layer) => {
			const bank = g.reshape(g.gather(cache, to.list, 0), [size, "tokens", dim]);
			if (part === "keys") {
				const wide = (x: Value) => (dtype === "float32" ? x : g.cast(x, "float32"));
				const text = g.reduceMean(wide(g.input(`text.${layer}`, dtype, [1, "text", dim])), [1], false);
				const frames = g.reduceMean(wide(bank), [1], false);
				const scores = g.mul(g.reduceSum(g.mul(frames, text), [1], false), 1 / (heads * Math.sqrt(dim / heads)));
				best[layer] = g.topK(scores, size - 1, 0).indices;
			}
			const kept = g.reshape(g.gather(bank, best[layer] as Value, 0), [`${size - 1}*tokens`, dim]);
			return g.scatterND(cache, to.at, g.concat([kept, g.gather(cache, from.list, 0)], 0));
		};
	});
}

/** Rows `cache` [keys, dim] in fp32, as the output `rows`. */
export function drawRead({ dim, dtype }: CacheShape): Graph {
	const g = new Graph("wan-cache-read");
	g.output("rows", g.cast(g.input("cache", dtype, ["keys", dim]), "float32"));
	return g;
}
