import { Arithmetic } from "./arithmetic.ts";
import { axisAt, broadcast } from "./broadcast.ts";
import { addDims, type Dim, exactDiv, mulDims, normalise, subDims, termsOf } from "./dims.ts";
import { printShape, type Value } from "./value.ts";

const LAST = 2n ** 63n - 1n;

/** How elements are arranged: nothing is computed with them. */
export class Layout extends Arithmetic {
	readonly #lengths = new Map<string, Value>();

	/**
	 * The same elements in another shape. One length may be −1: what is left. Names of lengths must occur in an input of the
	 * graph or in `x`.
	 */
	reshape(x: Value, shape: readonly Dim[]): Value {
		const wanted = shape.map((dim) => (dim === -1 ? -1 : normalise(dim)));
		const rest = wanted.indexOf(-1);
		const whole = mulDims(...x.shape);
		const others = mulDims(...wanted.filter((_, i) => i !== rest));
		const left = rest < 0 ? undefined : exactDiv(whole, others);
		if (rest >= 0 && left !== undefined) wanted[rest] = left;
		if (rest < 0 ? whole !== others : left === undefined) {
			this.fail("Reshape", `${printShape(x.shape)} is not ${printShape(shape)}`);
		}
		const one = wanted.filter((dim) => typeof dim === "string").length <= 1 && !wanted.includes(0);
		if (one) {
			const target = this.#list(wanted.map((dim) => (typeof dim === "number" ? dim : -1)));
			return this.one("Reshape", [x, target], { dtype: x.dtype, shape: wanted });
		}
		return this.one("Reshape", [x, this.dims(wanted, x)], { dtype: x.dtype, shape: wanted }, { allowzero: 1 });
	}

	/** Axes in another order: axis i of the result is axis `order[i]` of `x`. */
	transpose(x: Value, order: readonly number[]): Value {
		if (order.toSorted((a, b) => a - b).some((axis, i) => axis !== i) || order.length !== x.shape.length) {
			this.fail("Transpose", `[${order.join(", ")}] is no order of the axes of ${printShape(x.shape)}`);
		}
		const shape = order.map((axis) => x.shape[axis] as Dim);
		return this.one("Transpose", [x], { dtype: x.dtype, shape }, { perm: order });
	}

	/** One after another along an axis. */
	concat(values: readonly Value[], axis: number): Value {
		const [first] = values;
		if (!first) return this.fail("Concat", "there is nothing to join");
		if (values.length === 1) return first;
		const at = this.axis("Concat", first, axis);
		const alike = ({ dtype, shape }: Value): boolean =>
			dtype === first.dtype &&
			shape.length === first.shape.length &&
			shape.every((dim, i) => i === at || dim === first.shape[i]);
		if (!values.every(alike)) {
			const shapes = values.map(({ dtype, shape }) => `${dtype} ${printShape(shape)}`);
			this.fail("Concat", `${shapes.join(" and ")} do not join along axis ${at}`);
		}
		const length = values.map(({ shape }) => shape[at] as Dim).reduce(addDims);
		return this.one("Concat", [...values], { dtype: first.dtype, shape: first.shape.with(at, length) }, { axis: at });
	}

	/**
	 * Part of an axis, from `from` up to but without `to`. Numbers below 0 count from the end, `Infinity` is the end. A bound
	 * computed in the graph is an int64 of shape [1]; then `as` names the length of the result.
	 */
	slice(x: Value, axis: number, from: Dim | Value, to: Dim | Value, step = 1, as?: Dim): Value {
		const at = this.axis("Slice", x, axis);
		const length = x.shape[at] as Dim;
		const place = (bound: Dim): Dim => {
			if (typeof bound === "string") return normalise(bound);
			if (bound === Number.POSITIVE_INFINITY) return length;
			if (bound < 0) return subDims(length, -bound);
			return typeof length === "number" ? Math.min(bound, length) : bound;
		};
		const result = (): Dim => {
			if (typeof from === "object" || typeof to === "object") return this.fail("Slice", "its result has no length");
			const size = subDims(place(to), place(from));
			if (typeof size === "number" && size < 0) return this.fail("Slice", `${from} to ${to} of ${length} is nothing`);
			if (step === 1) return size;
			return typeof size === "number" ? Math.ceil(size / step) : normalise(`floor((${size}+${step - 1})/${step})`);
		};
		if (!(Number.isInteger(step) && step > 0)) this.fail("Slice", `it has a step of ${step}`);
		const bound = (value: Dim | Value): Value => {
			if (typeof value === "object") return value;
			if (typeof value === "string") return this.dims([value], x);
			return this.#list([value === Number.POSITIVE_INFINITY ? LAST : value]);
		};
		const shape = x.shape.with(at, as === undefined ? result() : normalise(as));
		const inputs = [x, bound(from), bound(to), this.#list([at]), ...(step === 1 ? [] : [this.#list([step])])];
		return this.one("Slice", inputs, { dtype: x.dtype, shape });
	}

	/** Parts of an axis, one after another, of these lengths. */
	split(x: Value, sizes: readonly Dim[], axis: number): Value[] {
		const at = this.axis("Split", x, axis);
		const whole = sizes.reduce(addDims, 0);
		if (whole !== x.shape[at]) {
			this.fail("Split", `axis ${at} of ${printShape(x.shape)} is not ${printShape(sizes)} together`);
		}
		const outputs = sizes.map((size) => ({ dtype: x.dtype, shape: x.shape.with(at, normalise(size)) }));
		return this.node("Split", [x, this.dims(sizes, x)], outputs, { axis: at });
	}

	/** Repeats axes of length 1, and puts new ones in front, until the shape is `shape`. */
	expand(x: Value, shape: readonly Dim[]): Value {
		const wanted = shape.map(normalise);
		const result = broadcast(x.shape, wanted);
		if (!result || printShape(result) !== printShape(wanted)) {
			this.fail("Expand", `${printShape(x.shape)} cannot be stretched to ${printShape(shape)}`);
		}
		return this.one("Expand", [x, this.dims(wanted, x)], { dtype: x.dtype, shape: wanted });
	}

	/** Without these axes, which are of length 1. */
	squeeze(x: Value, axes: readonly number[]): Value {
		const gone = axes.map((axis) => this.axis("Squeeze", x, axis));
		if (gone.some((axis) => x.shape[axis] !== 1)) {
			this.fail("Squeeze", `axes [${axes.join(", ")}] of ${printShape(x.shape)} are not all of length 1`);
		}
		const shape = x.shape.filter((_, i) => !gone.includes(i));
		return this.one("Squeeze", [x, this.#list(gone)], { dtype: x.dtype, shape });
	}

	/** With new axes of length 1, at these places of the result. */
	unsqueeze(x: Value, axes: readonly number[]): Value {
		const rank = x.shape.length + axes.length;
		const places = axes.map(
			(axis) => axisAt(axis, rank) ?? this.fail("Unsqueeze", `there is no axis ${axis} of ${rank}`),
		);
		const rest = [...x.shape];
		const shape = Array.from({ length: rank }, (_, i) => (places.includes(i) ? 1 : (rest.shift() ?? 1)));
		return this.one("Unsqueeze", [x, this.#list(places)], { dtype: x.dtype, shape });
	}

	/** The lengths of axes `from` up to `to`, as int64 [to − from]. */
	shapeOf(x: Value, from = 0, to: number = x.shape.length): Value {
		return this.one("Shape", [x], { dtype: "int64", shape: [to - from] }, { start: from, end: to });
	}

	/** Lengths as int64 [n], computed in the run where they are names. */
	dims(lengths: readonly Dim[], near?: Value): Value {
		if (lengths.every((dim) => typeof dim === "number")) return this.#list(lengths);
		return this.concat(
			lengths.map((dim) => this.#length(normalise(dim), near)),
			0,
		);
	}

	/** The whole numbers from `from` up to but without `to`: int64 [to − from]. */
	range(from: Dim, to: Dim): Value {
		const [start, end] = [from, to].map((bound) => this.squeeze(this.dims([bound]), [0])) as [Value, Value];
		const length = typeof from === "number" && typeof to === "number" ? to - from : `${to}-(${from})`;
		return this.one("Range", [start, end, this.scalar(1, "int64")], { dtype: "int64", shape: [length] });
	}

	/** Where an axis is, or `graph/shape`. */
	protected axis(op: string, { shape }: Value, axis: number): number {
		return axisAt(axis, shape.length) ?? this.fail(op, `${printShape(shape)} has no axis ${axis}`);
	}

	/** Whole numbers as int64 [n]. */
	#list(numbers: readonly (number | bigint)[]): Value {
		return this.constant("int64", [numbers.length], BigInt64Array.from(numbers, BigInt));
	}

	/** One length, as int64 [1]. */
	#length(dim: Dim, near?: Value): Value {
		if (typeof dim === "number") return this.#list([dim]);
		const here = near?.shape.indexOf(dim) ?? -1;
		if (near && here >= 0) return this.shapeOf(near, here, here + 1);
		let value = this.#lengths.get(dim);
		if (!value) {
			value = this.#lookUp(dim) ?? this.#compute(dim);
			this.#lengths.set(dim, value);
		}
		return value;
	}

	#lookUp(dim: Dim): Value | undefined {
		for (const input of this.inputs) {
			const at = input.shape.indexOf(dim);
			if (at >= 0) return this.shapeOf(input, at, at + 1);
		}
		return undefined;
	}

	#compute(dim: Dim): Value {
		const terms = termsOf(dim);
		const [[count, factors] = [0, []]] = terms;
		if (terms.length === 1 && count === 1 && factors.length === 1 && typeof factors[0] === "string") {
			return this.fail("Shape", `no input of the graph has an axis of length ${dim}`);
		}
		const values = terms.map(([count, factors]) =>
			factors
				.map((factor) =>
					typeof factor === "string"
						? this.#length(factor)
						: this.div(this.#length(factor.floor), this.#list([factor.by])),
				)
				.reduce((a, b) => this.mul(a, b), this.#list([count])),
		);
		return values.reduce((a, b) => this.add(a, b));
	}
}
