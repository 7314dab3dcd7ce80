import { type DType, Graph, type Value, type Weights } from "mutoscope/inference";

/** Kept small sums of squares from being divided by. */
const EPSILON = 1e-6;

/** How the encoder is drawn. */
export interface Umt5GraphOptions {
	/** Type of the products; sums along the way are float32, which bfloat16 files were trained to need. */
	readonly dtype: DType;
	/** Told of values inside the graph by name; what it wants to see of them it names as outputs. */
	readonly observe?: (graph: Graph, name: string, value: Value) => void;
}

/**
 * The encoder of UMT5 (Chung et al. 2023, arXiv 2304.09151): `rows` of the embedding table [prompts, tokens, dim] in the
 * table's type, `lengths` int64 [prompts] of how many tokens count, and `buckets` int64 [tokens, tokens] of relative
 * positions → `embeddings` float32 [prompts, tokens, dim].
 *
 * Sizes and the number of layers are those of the weights, which lie under Wan's names. A product's weights may have a
 * `scale_weight` beside them, by which they are multiplied.
 */
export function drawUmt5(weights: Weights, { dtype, observe = () => undefined }: Umt5GraphOptions): Graph {
	const graph = new Graph("umt5");
	const table = weights.get("token_embedding.weight");
	const [, dim = 0] = table.shape;
	const rows = graph.input("rows", table.dtype, ["prompts", "tokens", dim]);
	const lengths = graph.input("lengths", "int64", ["prompts"]);
	const buckets = graph.input("buckets", "int64", ["tokens", "tokens"]);

	const linear = (x: Value, name: string): Value => {
		const product = graph.linear(x, graph.weight(weights.get(`${name}.weight`), { as: dtype }));
		const scale = `${name}.scale_weight`;
		if (!weights.has(scale)) return product;
		return graph.mul(product, graph.weight({ ...weights.get(scale), shape: [] }, { as: dtype }));
	};
	const norm = (x: Value, name: string): Value =>
		graph.rmsNorm(x, graph.weight(weights.get(`${name}.weight`), { as: "float32" }), { eps: EPSILON });
	const attention = (x: Value, name: string): Value => {
		const positions = graph.weight(weights.get(`${name}.pos_embedding.embedding.weight`), { as: dtype });
		const bias = graph.unsqueeze(graph.transpose(graph.gather(positions, buckets, 0), [2, 0, 1]), [0]);
		const [q, k, v] = ["q", "k", "v"].map((part) => linear(x, `${name}.attn.${part}`)) as [Value, Value, Value];
		const heads = Number(positions.shape[1]);
		const mixed = graph.attention(q, k, v, { heads, scale: 1, bias, length: lengths, form: "plain" });
		return linear(mixed, `${name}.attn.o`);
	};
	const feedForward = (x: Value, name: string): Value => {
		const gate = graph.gelu(linear(x, `${name}.ffn.gate.0`), "tanh");
		return linear(graph.mul(linear(x, `${name}.ffn.fc1`), gate), `${name}.ffn.fc2`);
	};
	/** The residual stays float32: it grows beyond what half precision holds. */
	const added = (x: Value, scale: string, branch: (x: Value) => Value): Value =>
		graph.add(x, graph.cast(branch(graph.cast(norm(x, scale), dtype)), "float32"));

	let x = graph.cast(rows, "float32");
	for (let layer = 0; weights.has(`blocks.${layer}.norm1.weight`); layer++) {
		const name = `blocks.${layer}`;
		graph.scope(name, () => {
			x = added(x, `${name}.norm1`, (h) => {
				const out = attention(h, name);
				observe(graph, `${name}.attn`, out);
				return out;
			});
			x = added(x, `${name}.norm2`, (h) => feedForward(h, name));
			observe(graph, name, x);
		});
	}
	graph.output("embeddings", norm(x, "norm"));
	return graph;
}
