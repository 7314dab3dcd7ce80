import { Attention } from "./attention.ts";
import { addDims, type Dim, floorDiv, mulDims, subDims } from "./dims.ts";
import { printShape, type Value } from "./value.ts";

/** How a kernel moves. One number an axis, or one for all of them. */
export interface ConvOptions {
	readonly strides?: number | readonly number[];
	/** Zeros around: one number for all sides, one an axis, or the sides before all axes and then those after. */
	readonly pads?: number | readonly number[];
	readonly dilations?: number | readonly number[];
	/** Groups of channels that do not see each other. */
	readonly group?: number;
}

/** How a kernel moves that spreads. */
export interface ConvTransposeOptions extends ConvOptions {
	/** Added to the length of the result. */
	readonly outputPadding?: number | readonly number[];
}

/** How a window moves. */
export interface PoolOptions extends Omit<ConvOptions, "dilations" | "group"> {
	readonly kernel: number | readonly number[];
	/** Whether the zeros around count in an average. */
	readonly countPads?: boolean;
}

/** Convolutions over one, two or three axes: x is [n, channels, …]. */
export class Convolution extends Attention {
	/** w is [out, in / group, …], b [out]. */
	conv(x: Value, w: Value, b?: Value, options: ConvOptions = {}): Value {
		const { group = 1 } = options;
		const [out, each] = w.shape;
		const kernel = this.#spatial("Conv", x, w);
		if (typeof each !== "number" || x.shape[1] !== each * group || typeof out !== "number" || out % group !== 0) {
			this.#misfit("Conv", x, w, group);
		}
		this.#check("Conv", x, w, out as number, b);
		const { strides, pads, dilations } = this.#moves("Conv", kernel.length, options);
		const lengths = kernel.map((size, i) => {
			const reach = (dilations[i] as number) * (size - 1) + 1;
			return this.#steps("Conv", x, i, reach, strides, pads);
		});
		const attributes = { kernel_shape: kernel, strides, pads, dilations, group };
		const shape = [x.shape[0] as Dim, out as number, ...lengths];
		return this.one("Conv", b ? [x, w, b] : [x, w], { dtype: x.dtype, shape }, attributes);
	}

	/** The transpose of a convolution: w is [in, out / group, …], b [out]. */
	convTranspose(x: Value, w: Value, b?: Value, options: ConvTransposeOptions = {}): Value {
		const { group = 1 } = options;
		const [inner, each] = w.shape;
		const kernel = this.#spatial("ConvTranspose", x, w);
		if (x.shape[1] !== inner || typeof each !== "number") this.#misfit("ConvTranspose", x, w, group);
		const out = Number(each) * group;
		this.#check("ConvTranspose", x, w, out, b);
		const { strides, pads, dilations } = this.#moves("ConvTranspose", kernel.length, options);
		const more = this.#each("ConvTranspose", kernel.length, options.outputPadding ?? 0);
		const lengths = kernel.map((size, i) => {
			const spread = mulDims(subDims(x.shape[i + 2] as Dim, 1), strides[i] as number);
			const reach = (dilations[i] as number) * (size - 1) + 1 + (more[i] as number);
			return subDims(addDims(spread, reach), (pads[i] as number) + (pads[i + kernel.length] as number));
		});
		const attributes = { kernel_shape: kernel, strides, pads, dilations, group, output_padding: more };
		const shape = [x.shape[0] as Dim, out, ...lengths];
		return this.one("ConvTranspose", b ? [x, w, b] : [x, w], { dtype: x.dtype, shape }, attributes);
	}

	/** The mean of each window. */
	avgPool(x: Value, options: PoolOptions): Value {
		return this.#pool("AveragePool", x, options, { count_include_pad: options.countPads ? 1 : 0 });
	}

	/** The largest of each window. */
	maxPool(x: Value, options: PoolOptions): Value {
		return this.#pool("MaxPool", x, options, {});
	}

	#pool(op: string, x: Value, options: PoolOptions, more: Readonly<Record<string, number>>): Value {
		const kernel = this.#each(op, x.shape.length - 2, options.kernel);
		const { strides, pads } = this.#moves(op, kernel.length, { strides: options.kernel, ...options });
		const lengths = kernel.map((size, i) => this.#steps(op, x, i, size, strides, pads));
		const shape = [x.shape[0] as Dim, x.shape[1] as Dim, ...lengths];
		return this.one(op, [x], { dtype: x.dtype, shape }, { kernel_shape: kernel, strides, pads, ...more });
	}

	/** How often a window of `reach` fits into spatial axis `i`. */
	#steps(op: string, x: Value, i: number, reach: number, strides: readonly number[], pads: readonly number[]): Dim {
		const around = (pads[i] as number) + (pads[i + strides.length] as number);
		const room = subDims(addDims(x.shape[i + 2] as Dim, around), reach);
		if (typeof room === "number" && room < 0) {
			this.fail(op, `a window of ${reach} does not fit axis ${i + 2} of ${printShape(x.shape)}`);
		}
		return addDims(floorDiv(room, strides[i] as number), 1);
	}

	#spatial(op: string, x: Value, w: Value): number[] {
		const kernel = w.shape.slice(2).filter((dim) => typeof dim === "number");
		if (w.shape.length !== x.shape.length || kernel.length !== w.shape.length - 2 || kernel.length === 0) {
			this.#misfit(op, x, w, 1);
		}
		return kernel;
	}

	#check(op: string, x: Value, w: Value, out: number, b: Value | undefined): void {
		if (w.dtype !== x.dtype || (b && b.dtype !== x.dtype)) this.#misfit(op, x, w, 1);
		if (b && printShape(b.shape) !== printShape([out]))
			this.fail(op, `its bias is ${printShape(b.shape)}, not [${out}]`);
	}

	#misfit(op: string, x: Value, w: Value, group: number): never {
		const groups = group === 1 ? "" : ` in ${group} groups`;
		return this.fail(
			op,
			`${x.dtype} ${printShape(x.shape)} and a kernel of ${w.dtype} ${printShape(w.shape)}${groups} do not go together`,
		);
	}

	#moves(op: string, rank: number, { strides = 1, pads = 0, dilations = 1 }: ConvOptions) {
		const both = typeof pads === "object" && pads.length === 2 * rank;
		const sides = both ? pads : [...this.#each(op, rank, pads), ...this.#each(op, rank, pads)];
		return { strides: this.#each(op, rank, strides), pads: sides, dilations: this.#each(op, rank, dilations) };
	}

	#each(op: string, rank: number, value: number | readonly number[]): readonly number[] {
		const list = typeof value === "number" ? new Array<number>(rank).fill(value) : value;
		if (list.length !== rank) this.fail(op, `[${list.join(", ")}] is not one number for each of ${rank} axes`);
		return list;
	}
}
