import type { Graph, Value } from "mutoscope/inference";

/** Levels of the pyramid: each sees half as much of the second picture. */
const LEVELS = 4;

/** One level: how alike, with zeros around, one after another; and how to find a pixel's window in it. */
interface Level {
	readonly alike: Value;
	/** Where the window of a pixel begins that looks at the first place of its map: int64 [pixels, side, side]. */
	readonly windows: Value;
	readonly rows: number;
	readonly columns: number;
	/** Length of a row, with what is around. */
	readonly stride: number;
}

/**
 * How alike every pixel of one picture is to every pixel of another, and how that is looked up.
 *
 * All places of a window lie at the same fraction between pixels: the pixels are gathered, and mixed once along x and once along
 * y. It takes half the time of reading each place by itself (`GridSample`), and every provider can do it.
 */
export class Correlation {
	readonly #graph: Graph;
	readonly #levels: readonly Level[];
	readonly #radius: number;
	readonly #rows: number;
	readonly #columns: number;

	/** Of features [1, c, rows, columns] of the two. */
	constructor(graph: Graph, first: Value, second: Value, radius: number) {
		const [, channels = 0, rows = 0, columns = 0] = first.shape.map(Number);
		this.#graph = graph;
		this.#radius = radius;
		this.#rows = rows;
		this.#columns = columns;
		const flat = (x: Value): Value => graph.reshape(x, [channels, rows * columns]);
		const alike = graph.matmul(graph.transpose(flat(first), [1, 0]), flat(second));
		let map = graph.reshape(graph.div(alike, Math.sqrt(channels)), [rows * columns, 1, rows, columns]);
		const levels = [this.#level(map)];
		while (levels.length < LEVELS) {
			map = graph.avgPool(map, { kernel: 2 });
			levels.push(this.#level(map));
		}
		this.#levels = levels;
	}

	/** Around the places [1, 2, rows, columns], x before y in pixels, at every level: [1, levels · (2 · radius + 1)², rows, columns]. */
	around(places: Value): Value {
		const graph = this.#graph;
		const count = this.#rows * this.#columns;
		const flat = graph.reshape(places, [2, count, 1, 1]);
		const levels = this.#levels.map((level, i) => this.#look(level, graph.mul(flat, 2 ** -i)));
		const all = graph.transpose(graph.concat(levels, 1), [1, 0]);
		return graph.reshape(all, [1, all.shape[0] as number, this.#rows, this.#columns]);
	}

	/** How far beyond a map windows reach: what lies further sees zeros all the same. */
	get #margin(): number {
		return 2 * this.#radius + 3;
	}

	#level(map: Value): Level {
		const graph = this.#graph;
		const [count = 0, , rows = 0, columns = 0] = map.shape.map(Number);
		const margin = this.#margin;
		const stride = columns + 2 * margin;
		const area = (rows + 2 * margin) * stride;
		const side = 2 * this.#radius + 2;
		const padded = graph.pad(map, [margin, margin, margin, margin]);
		// The slower axis of the window goes along x, as the checkpoints have learned it.
		const window = Array.from({ length: side * side }, (_, i) => (i % side) * stride + Math.floor(i / side));
		const corner = (margin - this.#radius) * (stride + 1);
		const steps = graph.constant(
			"int64",
			[1, side, side],
			BigInt64Array.from(window, (place) => BigInt(place + corner)),
		);
		const maps = graph.mul(graph.reshape(graph.range(0, count), [count, 1, 1]), graph.scalar(area, "int64"));
		return { alike: graph.reshape(padded, [count * area]), windows: graph.add(maps, steps), rows, columns, stride };
	}

	/** [pixels, (2 · radius + 1)²] around the places [2, pixels, 1, 1] of a level. */
	#look({ alike, windows, rows, columns, stride }: Level, places: Value): Value {
		const graph = this.#graph;
		const beyond = this.#radius + 2;
		const [x, y] = [columns, rows].map((length, axis) => {
			const place = graph.squeeze(graph.slice(places, 0, axis, axis + 1), [0]);
			const at = graph.clip(place, -beyond, length + beyond - 1);
			const whole = graph.floor(at);
			return { whole: graph.cast(whole, "int64"), part: graph.sub(at, whole) };
		}) as [{ whole: Value; part: Value }, { whole: Value; part: Value }];
		const corner = graph.add(graph.mul(y.whole, graph.scalar(stride, "int64")), x.whole);
		const pixels = graph.gather(alike, graph.add(corner, windows), 0);
		const mixed = [x, y].reduce((values, { part }, i) => {
			const near = graph.slice(values, i + 1, 0, -1);
			return graph.lerp(near, graph.slice(values, i + 1, 1, Number.POSITIVE_INFINITY), part);
		}, pixels);
		return graph.reshape(mixed, [mixed.shape[0] as number, -1]);
	}
}
