import { Frames } from "./frames.ts";

/**
 * A model, built by calling its operators in order: each takes values, checks their types and shapes, and gives the value
 * that a run will compute. `encode` gives the ONNX model; weights stay in their files.
 *
 * ```ts
 * const g = new Graph("mlp");
 * const x = g.input("x", "float32", ["tokens", 64]);
 * const hidden = g.gelu(g.linear(x, g.weight(weights.get("0.weight")), g.weight(weights.get("0.bias"))));
 * g.output("y", g.linear(hidden, g.weight(weights.get("2.weight"))));
 * ```
 *
 * What does not fit throws `graph/shape`, which names the operator, where it stands, and the shapes.
 */
export class Graph extends Frames {}
