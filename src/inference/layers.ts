import type { ConvOptions } from "./graph/convolution.ts";
import type { Graph } from "./graph/graph.ts";
import type { Value } from "./graph/value.ts";
import { type GrowOptions, grown } from "./grown.ts";
import type { Weights } from "./weights/weights.ts";

/**
 * The layers of a checkpoint by their PyTorch names: each finds its `weight` and, if there is one, its `bias`, and computes in
 * the type of what it is given.
 */
export class Layers {
	readonly graph: Graph;
	readonly #weights: Weights;
	readonly #prefix: string;

	/** @param prefix stands before all names. */
	constructor(graph: Graph, weights: Weights, prefix = "") {
		this.graph = graph;
		this.#weights = weights;
		this.#prefix = prefix;
	}

	/** The layers below a name. */
	under(name: string): Layers {
		return new Layers(this.graph, this.#weights, `${this.#prefix}${name}.`);
	}

	/** Whether there is a tensor of this name. */
	has(name: string): boolean {
		return this.#weights.has(`${this.#prefix}${name}`);
	}

	/** A tensor in the type of `like`. Throws `weight/missing`. */
	weight(name: string, { dtype }: Value): Value {
		return this.graph.weight(this.#weights.get(`${this.#prefix}${name}`), { as: dtype });
	}

	/** `Conv1d`, `Conv2d`, `Conv3d`. */
	conv(x: Value, name: string, options?: ConvOptions): Value {
		return this.graph.conv(x, this.weight(`${name}.weight`, x), this.#bias(name, x), options);
	}

	/** `ConvTranspose2d` that makes `factor` times as many rows and columns. */
	convTranspose(x: Value, name: string, options: GrowOptions): Value {
		return grown(this.graph, x, this.weight(`${name}.weight`, x), this.#bias(name, x), options);
	}

	/** `Linear`. */
	linear(x: Value, name: string): Value {
		return this.graph.linear(x, this.weight(`${name}.weight`, x), this.#bias(name, x));
	}

	/** `LayerNorm` over the last axis. */
	layerNorm(x: Value, name: string, eps: number): Value {
		const [scale, bias] = [this.weight(`${name}.weight`, x), this.#bias(name, x)];
		return this.graph.layerNorm(x, { scale, eps, ...(bias && { bias }) });
	}

	/** `GroupNorm`. */
	groupNorm(x: Value, name: string, groups: number, eps: number): Value {
		return this.graph.groupNorm(x, this.weight(`${name}.weight`, x), this.weight(`${name}.bias`, x), groups, eps);
	}

	#bias(name: string, x: Value): Value | undefined {
		return this.has(`${name}.bias`) ? this.weight(`${name}.bias`, x) : undefined;
	}
}
