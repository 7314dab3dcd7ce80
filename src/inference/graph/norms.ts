import { type Dim, mulDims } from "./dims.ts";
import { Linear } from "./linear.ts";
import { printShape, type Value } from "./value.ts";

/** Normalisations, and softmax. */
export class Norms extends Linear {
	/** Zero mean and unit variance over the last axis, then · scale + bias. Ba, Kiros and Hinton 2016, arXiv 1607.06450. */
	layerNorm(x: Value, { scale, bias, eps }: { scale?: Value; bias?: Value; eps: number }): Value {
		const width = this.#width("LayerNormalization", x, -1, scale, bias);
		const inputs = [x, scale ?? this.#fill(1, width, x), ...(bias ? [bias] : [])];
		return this.one("LayerNormalization", inputs, x, { axis: -1, epsilon: { float: eps } });
	}

	/** Unit mean square over the last axis, then · scale. Zhang and Sennrich 2019, arXiv 1910.07467. */
	rmsNorm(x: Value, scale: Value | undefined, { eps }: { eps: number }): Value {
		const width = this.#width("RMSNormalization", x, -1, scale);
		return this.one("RMSNormalization", [x, scale ?? this.#fill(1, width, x)], x, {
			axis: -1,
			epsilon: { float: eps },
		});
	}

	/** Zero mean and unit variance over each group of channels of [n, channels, …]. Wu and He 2018, arXiv 1803.08494. */
	groupNorm(x: Value, scale: Value, bias: Value, groups: number, eps: number): Value {
		const width = this.#width("GroupNormalization", x, 1, scale, bias);
		if (width % groups !== 0) this.fail("GroupNormalization", `${width} channels are not ${groups} groups`);
		return this.one("GroupNormalization", [x, scale, bias], x, { num_groups: groups, epsilon: { float: eps } });
	}

	/** Zero mean and unit variance of every channel of [n, channels, …]. Ulyanov et al. 2016, arXiv 1607.08022. */
	instanceNorm(x: Value, eps: number): Value {
		const [n, channels, ...rest] = x.shape;
		const pixels = mulDims(...rest);
		if (n === undefined || channels === undefined) return this.fail("instanceNorm", printShape(x.shape));
		// CUDA has no kernel for `InstanceNormalization` of today's operator set.
		const scale = this.expand(this.constant(x.dtype, [1], [1]), [pixels]);
		const rows = this.reshape(x, [n, channels, pixels]);
		return this.reshape(
			this.one("LayerNormalization", [rows, scale], rows, { axis: -1, epsilon: { float: eps } }),
			x.shape,
		);
	}

	/** eˣ over its sum along an axis. */
	softmax(x: Value, axis: number): Value {
		return this.one("Softmax", [x], x, { axis: this.axis("Softmax", x, axis) });
	}

	#width(op: string, x: Value, axis: number, ...factors: readonly (Value | undefined)[]): number {
		const width: Dim | undefined = x.shape[this.axis(op, x, axis)];
		if (typeof width !== "number") return this.fail(op, `axis ${axis} of ${printShape(x.shape)} has no fixed length`);
		for (const factor of factors) {
			if (factor && (factor.shape.length !== 1 || factor.shape[0] !== width || factor.dtype !== x.dtype)) {
				const shapes = `${x.dtype} ${printShape(x.shape)} and ${factor.dtype} ${printShape(factor.shape)}`;
				this.fail(op, `${shapes} do not go together`);
			}
		}
		return width;
	}

	#fill(value: number, width: number, { dtype }: Value): Value {
		return this.constant(dtype, [width], new Array<number>(width).fill(value));
	}
}
