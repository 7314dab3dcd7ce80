import type { Engine, Graph, Model, Tensor } from "mutoscope/inference";
import { type CacheShape, drawAverage, drawCompress, drawCopy, drawRead, drawTurn } from "./graphs.ts";

type Part = "keys" | "values";
const PARTS = ["keys", "values"] as const;

/** The rows of a cache in memory, and the small models that rewrite them there. */
export class Rewriter implements AsyncDisposable {
	/** Rows of each tensor. */
	readonly rows: number;
	readonly #engine: Engine;
	readonly #shape: CacheShape;
	readonly #models = new Map<string, Model>();
	/** Where a provider cannot write in place, a second set that the first changes places with after each run. */
	#read: Rows;
	#write: Rows;

	constructor(engine: Engine, shape: CacheShape, rows: number) {
		this.#engine = engine;
		this.#shape = shape;
		this.rows = rows;
		this.#read = new Rows(engine, shape, rows);
		this.#write = engine.provider.inPlace ? this.#read : new Rows(engine, shape, rows);
	}

	/** The first rows of all tensors, as inputs of a model. */
	feeds(rows: number): Readonly<Record<string, Tensor>> {
		return this.#read.first(rows, "");
	}

	/** The first rows of all tensors, as outputs of a model. */
	fetches(rows: number): Readonly<Record<string, Tensor>> {
		return this.#write.first(rows, ".written");
	}

	/** To be called after a run that wrote. */
	written(): void {
		[this.#read, this.#write] = [this.#write, this.#read];
	}

	/** Copies rows. */
	async copy(from: BigInt64Array, to: BigInt64Array): Promise<void> {
		await this.#run("copy", drawCopy, { from, to });
	}

	/** Averages rows into others, which keep `decay` of themselves. */
	async average(from: BigInt64Array, to: BigInt64Array, decay: number): Promise<void> {
		using share = this.#engine.tensor("float32", [1], [decay]);
		await this.#run("average", drawAverage, { from, to }, { decay: share });
	}

	/** Turns the keys of rows. */
	async turn(to: BigInt64Array, { cos, sin }: { cos: Float32Array; sin: Float32Array }): Promise<void> {
		const dims = [to.length, cos.length / to.length];
		using c = this.#engine.tensor("float32", dims, cos);
		using s = this.#engine.tensor("float32", dims, sin);
		await this.#run("turn", drawTurn, { to }, { cos: c, sin: s });
	}

	/** Keeps the frames of a full bank that fit a text best, and adds what is staged. */
	async compress(
		from: BigInt64Array,
		to: BigInt64Array,
		size: number,
		text: readonly Tensor[] | undefined,
	): Promise<void> {
		const { layers, dim, dtype } = this.#shape;
		using nothing = this.#engine.tensor(dtype, [1, 1, dim]);
		const told = Object.fromEntries(
			Array.from({ length: layers }, (_, layer) => [`text.${layer}`, text?.[layer] ?? nothing]),
		);
		await this.#run(`compress ${size}`, (shape) => drawCompress(shape, size), { from, to }, told);
	}

	/** All rows of a layer, copied, in fp32. */
	async read(part: Part, layer: number): Promise<Float32Array> {
		const cache = this.feeds(this.rows)[`${part}.${layer}`];
		if (!cache) throw new RangeError(`there is no layer ${layer}`);
		const { rows } = await (await this.#model("read", drawRead)).run({ cache });
		using copied = rows as Tensor;
		return (copied.data as Float32Array).slice();
	}

	async #model(name: string, draw: (shape: CacheShape) => Graph): Promise<Model> {
		const known = this.#models.get(name);
		if (known) return known;
		const model = await this.#engine.model(draw(this.#shape));
		this.#models.set(name, model);
		return model;
	}

	async #run(
		name: string,
		draw: (shape: CacheShape) => Graph,
		rows: Readonly<Record<string, BigInt64Array>>,
		others: Readonly<Record<string, Tensor>> = {},
	): Promise<void> {
		const model = await this.#model(name, draw);
		const lists = Object.entries(rows).map(
			([row, list]) => [row, this.#engine.tensor("int64", [list.length], list)] as const,
		);
		try {
			await model.run({ ...this.feeds(this.rows), ...Object.fromEntries(lists), ...others }, this.fetches(this.rows));
		} finally {
			for (const [, list] of lists) list.dispose();
		}
		this.written();
	}

	/** Frees everything. */
	async [Symbol.asyncDispose](): Promise<void> {
		await Promise.all([...this.#models.values()].map((model) => model[Symbol.asyncDispose]()));
		this.#read[Symbol.dispose]();
		this.#write[Symbol.dispose]();
	}
}

/** Tensors [rows, dim] of all layers, and views of their first rows. */
class Rows implements Disposable {
	readonly #engine: Engine;
	readonly #dim: number;
	readonly #tensors: readonly (readonly [string, Tensor])[];
	#views: { readonly rows: number; readonly tensors: readonly (readonly [string, Tensor])[] } | undefined;

	constructor(engine: Engine, { layers, dim, dtype }: CacheShape, rows: number) {
		this.#engine = engine;
		this.#dim = dim;
		const names = Array.from({ length: layers }, (_, layer) => PARTS.map((part) => `${part}.${layer}`)).flat();
		this.#tensors = names.map((name) => [name, engine.deviceTensor(dtype, [rows, dim])] as const);
	}

	first(rows: number, suffix: string): Readonly<Record<string, Tensor>> {
		if (this.#views?.rows !== rows) {
			this.#close();
			const tensors = this.#tensors.map(
				([name, whole]) => [name, this.#engine.view(whole, [rows, this.#dim])] as const,
			);
			this.#views = { rows, tensors };
		}
		return Object.fromEntries((this.#views?.tensors ?? []).map(([name, tensor]) => [`${name}${suffix}`, tensor]));
	}

	#close(): void {
		for (const [, view] of this.#views?.tensors ?? []) view.dispose();
		this.#views = undefined;
	}

	[Symbol.dispose](): void {
		this.#close();
		for (const [, tensor] of this.#tensors) tensor.dispose();
	}
}
