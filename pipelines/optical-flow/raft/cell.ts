import type { Layers, Value } from "mutoscope/inference";

/** What each gate makes of what is known of the first picture, the same in every iteration; and its kernel for the rest. */
interface Gate {
	readonly known: Value;
	readonly kernel: Value;
}

/**
 * A gated recurrent cell of convolutions. Cho et al. 2014, arXiv 1406.1078.
 *
 * Its kernels see the hidden state, what is known, and what moves. What is known never changes: that share of the sums is
 * computed once. The first two gates see the same, and are computed together.
 */
export class Cell {
	readonly #layers: Layers;
	readonly #gates: Gate;
	readonly #candidate: Gate;
	readonly #hidden: number;
	readonly #pads: readonly [number, number];

	/** @param hidden channels of the hidden state. @param known [1, c, h, w]. @param kernel rows and columns, both odd. */
	constructor(layers: Layers, hidden: number, known: Value, [rows, columns]: readonly [number, number]) {
		const { graph } = layers;
		this.#layers = layers;
		this.#hidden = hidden;
		this.#pads = [(rows - 1) / 2, (columns - 1) / 2];
		const after = hidden + Number(known.shape[1]);
		const gate = (...names: readonly string[]): Gate => {
			const both = (part: string): Value =>
				graph.concat(
					names.map((name) => layers.weight(`${name}.${part}`, known)),
					0,
				);
			const whole = both("weight");
			const moving = [graph.slice(whole, 1, 0, hidden), graph.slice(whole, 1, after, Number.POSITIVE_INFINITY)];
			return {
				known: graph.conv(known, graph.slice(whole, 1, hidden, after), both("bias"), { pads: this.#pads }),
				kernel: graph.concat(moving, 1),
			};
		};
		this.#gates = gate("convz", "convr");
		this.#candidate = gate("convq");
	}

	/** The hidden state after what moves, [1, c, h, w]. */
	after(h: Value, motion: Value): Value {
		const { graph } = this.#layers;
		const seen = ({ known, kernel }: Gate, state: Value): Value =>
			graph.add(graph.conv(graph.concat([state, motion], 1), kernel, undefined, { pads: this.#pads }), known);
		const both = graph.split(graph.sigmoid(seen(this.#gates, h)), [this.#hidden, this.#hidden], 1);
		const [update, reset] = both as [Value, Value];
		return graph.lerp(h, graph.tanh(seen(this.#candidate, graph.mul(reset, h))), update);
	}
}
