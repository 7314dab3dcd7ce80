import type { Dim, DType, Graph, Value } from "mutoscope/inference";

/** A memory of a streaming layer: how many frames of what. */
export interface Memory {
	readonly name: string;
	/** [frames, channels, height, width]. */
	readonly shape: readonly number[];
}

/** Names of the input and output that carry a memory. */
export const port = { before: (name: string) => `past/${name}`, after: (name: string) => `next/${name}` };

/**
 * What the streaming layers of one graph remember. A graph that starts a stream remembers nothing and takes no memories in;
 * every graph gives them out.
 */
export class Past {
	readonly #graph: Graph;
	readonly #dtype: DType;
	readonly #starts: boolean;
	readonly #memories: Memory[] = [];

	constructor(graph: Graph, dtype: DType, starts: boolean) {
		this.#graph = graph;
		this.#dtype = dtype;
		this.#starts = starts;
	}

	/** Whether the graph starts a stream. */
	get starts(): boolean {
		return this.#starts;
	}

	/** In the order of the layers; the same for the graph that starts and the one that goes on. */
	get memories(): readonly Memory[] {
		return this.#memories;
	}

	/** The last `frames` frames that this layer saw, zeros at the start of a stream, with `x` after them. */
	before(name: string, x: Value, frames: number): Value {
		const shape = [frames, ...x.shape.slice(1)];
		// Zeros of their own: WebGPU leaves Pad to the CPU.
		const seen = this.#starts ? this.#zeros(shape) : this.#graph.input(port.before(name), this.#dtype, shape);
		const all = this.#graph.concat([seen, x], 0);
		this.#remember(name, shape, this.#graph.slice(all, 0, -frames, Number.POSITIVE_INFINITY));
		return all;
	}

	/** Remembers frames that no layer saw yet: `x`, or zeros of a shape. */
	keep(name: string, shape: readonly Dim[], x?: Value): void {
		this.#remember(name, shape, x ?? this.#zeros(shape));
	}

	#zeros(shape: readonly Dim[]): Value {
		return this.#graph.expand(this.#graph.constant(this.#dtype, [1, 1, 1, 1], [0]), shape);
	}

	#remember(name: string, shape: readonly Dim[], x: Value): void {
		this.#memories.push({ name, shape: shape.map(Number) });
		this.#graph.output(port.after(name), x);
	}
}
