import { Convolution } from "./convolution.ts";
import { addDims, type Dim, exactDiv, mulDims, normalise } from "./dims.ts";
import { type Attribute, printShape, type Value } from "./value.ts";

/** How a picture is brought to another size. */
export interface ResizeOptions {
	/** Lengths of the axes after the channels. */
	readonly sizes?: readonly Dim[];
	/** Factors of the axes after the channels, instead of lengths. */
	readonly scales?: readonly number[];
	readonly mode: "nearest" | "linear" | "cubic";
	/**
	 * Where pixels lie. PyTorch's `interpolate` is `half_pixel`, with `align_corners=True` it is `align_corners`, and in mode
	 * nearest it is `asymmetric` with rounding `floor`.
	 */
	readonly coordinates: "half_pixel" | "pytorch_half_pixel" | "align_corners" | "asymmetric";
	/** Which neighbour is nearest; `floor` unless given, as in PyTorch. */
	readonly rounding?: "floor" | "ceil" | "round_prefer_floor" | "round_prefer_ceil";
	/** Coefficient of the cubic; −0.75 unless given, as in PyTorch. */
	readonly cubic?: number;
	/** Whether the filter widens when a picture shrinks. */
	readonly antialias?: boolean;
}

/** How `gridSample` reads between pixels. */
export interface GridSampleOptions {
	readonly mode: "linear" | "nearest" | "cubic";
	/** What lies around the picture. */
	readonly padding: "zeros" | "border" | "reflection";
	/** Whether −1 and 1 are the centres of the outer pixels and not their edges. */
	readonly alignCorners: boolean;
}

/** Pictures, [n, channels, …]. */
export class Picture extends Convolution {
	/** Brings the axes after the channels to other lengths. ONNX names integer factors exactly; others round down. */
	resize(x: Value, options: ResizeOptions): Value {
		const { sizes, scales, mode, coordinates, rounding = "floor", cubic = -0.75, antialias } = options;
		const count = x.shape.length - 2;
		if ((sizes ?? scales)?.length !== count || (sizes && scales)) {
			this.fail("Resize", `${count} sizes or scales are needed for ${printShape(x.shape)}`);
		}
		const lead = x.shape.slice(0, 2);
		const scaled = (dim: Dim, scale: number): Dim => {
			if (typeof dim === "number") return Math.floor(dim * scale);
			const factor = Number.isInteger(scale) ? mulDims(dim, scale) : exactDiv(dim, 1 / scale);
			return factor ?? this.fail("Resize", `${dim} times ${scale} is not known`);
		};
		const shape = [...lead, ...(sizes?.map(normalise) ?? x.shape.slice(2).map((d, i) => scaled(d, scales?.[i] ?? 1)))];
		const attributes: Record<string, Attribute> = {
			mode,
			coordinate_transformation_mode: coordinates,
			...(mode === "nearest" ? { nearest_mode: rounding } : {}),
			...(mode === "cubic" ? { cubic_coeff_a: { float: cubic } } : {}),
			...(antialias ? { antialias: 1 } : {}),
		};
		const target = sizes
			? [undefined, undefined, this.dims(shape, x)]
			: [undefined, this.constant("float32", [count + 2], [1, 1, ...(scales ?? [])])];
		return this.one("Resize", [x, ...target], { dtype: x.dtype, shape }, attributes);
	}

	/** Turns channels into pixels: [n, c · r², h, w] to [n, c, h · r, w · r]. Shi et al. 2016, arXiv 1609.05158. */
	pixelShuffle(x: Value, r: number): Value {
		const [n, channels, height, width] = x.shape;
		const c = channels === undefined ? undefined : exactDiv(channels, r * r);
		if (x.shape.length !== 4 || n === undefined || height === undefined || width === undefined || c === undefined) {
			return this.fail("DepthToSpace", `${printShape(x.shape)} has no ${r} times ${r} channels`);
		}
		const shape = [n, c, mulDims(height, r), mulDims(width, r)];
		return this.one("DepthToSpace", [x], { dtype: x.dtype, shape }, { blocksize: r, mode: "CRD" });
	}

	/** Reads [n, channels, h, w] at the places `grid` [n, h', w', 2], x before y, each from −1 to 1. */
	gridSample(x: Value, grid: Value, { mode, padding, alignCorners }: GridSampleOptions): Value {
		const spatial = x.shape.length - 2;
		if (grid.shape.length !== x.shape.length || grid.shape.at(-1) !== spatial || grid.shape[0] !== x.shape[0]) {
			this.fail("GridSample", `${printShape(x.shape)} cannot be read at ${printShape(grid.shape)}`);
		}
		const shape = [...x.shape.slice(0, 2), ...grid.shape.slice(1, -1)];
		const attributes = { mode, padding_mode: padding, align_corners: alignCorners ? 1 : 0 };
		return this.one("GridSample", [x, grid], { dtype: x.dtype, shape }, attributes);
	}

	/**
	 * Puts something around. `pads`: before each axis, then after each; fewer numbers than twice the axes mean the last axes.
	 * Numbers below 0 cut off.
	 */
	pad(
		x: Value,
		pads: readonly number[],
		{ mode = "constant", value = 0 }: { mode?: "constant" | "edge" | "reflect" | "wrap"; value?: number } = {},
	): Value {
		const axes = pads.length / 2;
		const first = x.shape.length - axes;
		if (!Number.isInteger(axes) || first < 0) this.fail("Pad", `${pads.length} pads for ${printShape(x.shape)}`);
		const side = (from: number): number[] => [...new Array<number>(first).fill(0), ...pads.slice(from, from + axes)];
		const [before, after] = [side(0), side(axes)];
		const shape = x.shape.map((dim, i) => addDims(dim, (before[i] as number) + (after[i] as number)));
		if (shape.some((dim) => typeof dim === "number" && dim < 0)) {
			this.fail("Pad", `[${pads.join(", ")}] cuts off more than ${printShape(x.shape)}`);
		}
		const list = this.constant("int64", [2 * x.shape.length], [...before, ...after]);
		const inputs = mode === "constant" && value !== 0 ? [x, list, this.scalar(value, x.dtype)] : [x, list];
		return this.one("Pad", inputs, { dtype: x.dtype, shape }, { mode });
	}
}
