import type { Graph, Value } from "mutoscope/inference";

/** What one layer remembers of the frames before: [pixels, frames, channels]. */
export interface Memory {
	readonly name: string;
	readonly shape: readonly [number, number, number];
}

/** The frames that the layers over time see besides those that are computed: none, or some before. */
export class Past {
	/** How many frames before are remembered. */
	readonly frames: number;
	/** Where the frames before and the present ones stand in time: int64 [length]. */
	readonly places: Value;
	/** 0 for frames that count, a score of next to nothing for others: [length]; none where all count. */
	readonly bias: Value | undefined;
	readonly #graph: Graph;
	readonly #memories: Memory[] = [];

	/** @param now how many frames are computed together. */
	constructor(
		graph: Graph,
		{ frames, now, like }: { readonly frames: number; readonly now: number; readonly like: Value },
	) {
		this.#graph = graph;
		this.frames = frames;
		if (frames === 0) {
			this.places = graph.range(0, now);
			this.bias = undefined;
		} else {
			this.places = graph.input("places", "int64", [frames + now]);
			this.bias = graph.cast(graph.input("bias", "float32", [frames + now]), like.dtype);
		}
	}

	/** What the layers remember, in their order. */
	get memories(): readonly Memory[] {
		return this.#memories;
	}

	/** What a layer saw before, and `x` [pixels, now, channels] after it; it is remembered. */
	before(name: string, x: Value): Value {
		if (this.frames === 0) return x;
		const [pixels = 0, , channels = 0] = x.shape.map(Number);
		const shape = [pixels, this.frames, channels] as const;
		this.#memories.push({ name, shape });
		const all = this.#graph.concat([this.#graph.input(`past/${name}`, x.dtype, shape), x], 1);
		this.#graph.output(`next/${name}`, this.#graph.slice(all, 1, -this.frames, Number.POSITIVE_INFINITY));
		return all;
	}
}
