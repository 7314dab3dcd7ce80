import type { Graph, Value } from "mutoscope/inference";

/** Levels of the pyramid: each sees half as much of the second picture. */
const LEVELS = 4;

/** How alike every pixel of one picture is to every pixel of another, and how that is looked up. */
export class Correlation {
	readonly #graph: Graph;
	readonly #pyramid: readonly Value[];
	readonly #offsets: Value;
	readonly #radius: number;
	readonly #rows: number;
	readonly #columns: number;

	/** Of features [1, c, rows, columns] of the two. */
	constructor(graph: Graph, first: Value, second: Value, radius: number) {
		const [, channels = 0, rows = 0, columns = 0] = first.shape.map(Number);
		const flat = (x: Value): Value => graph.reshape(x, [channels, rows * columns]);
		const alike = graph.matmul(graph.transpose(flat(first), [1, 0]), flat(second));
		let level = graph.reshape(graph.div(alike, Math.sqrt(channels)), [rows * columns, 1, rows, columns]);
		const pyramid = [level];
		while (pyramid.length < LEVELS) {
			level = graph.avgPool(level, { kernel: 2 });
			pyramid.push(level);
		}
		const steps = Array.from({ length: 2 * radius + 1 }, (_, i) => i - radius);
		const side = steps.length;
		// The slower axis of the window goes along x, as the checkpoints have learned it.
		const window = steps.flatMap((x) => steps.flatMap((y) => [x, y]));
		this.#graph = graph;
		this.#pyramid = pyramid;
		this.#offsets = graph.constant("float32", [1, side, side, 2], window);
		this.#radius = radius;
		this.#rows = rows;
		this.#columns = columns;
	}

	/** Around the places [1, 2, rows, columns], x before y in pixels, at every level: [1, levels · (2 · radius + 1)², rows, columns]. */
	around(places: Value): Value {
		const graph = this.#graph;
		const count = this.#rows * this.#columns;
		const window = (2 * this.#radius + 1) ** 2;
		const centres = graph.reshape(graph.transpose(places, [0, 2, 3, 1]), [count, 1, 1, 2]);
		const levels = this.#pyramid.map((level, i) => {
			const [, , height = 0, width = 0] = level.shape.map(Number);
			const at = graph.add(graph.mul(centres, 2 ** -i), this.#offsets);
			const scale = graph.constant("float32", [2], [2 / (width - 1), 2 / (height - 1)]);
			const grid = graph.sub(graph.mul(at, scale), 1);
			const found = graph.gridSample(level, grid, { mode: "linear", padding: "zeros", alignCorners: true });
			return graph.reshape(found, [count, window]);
		});
		const all = graph.transpose(graph.concat(levels, 1), [1, 0]);
		return graph.reshape(all, [1, LEVELS * window, this.#rows, this.#columns]);
	}
}
