import type { DType } from "../dtype.ts";
import { Quantised } from "./quantised.ts";
import { printShape, type Value } from "./value.ts";

/** Frames, as they lie in memory, to pictures and back. */
export class Frames extends Quantised {
	/** Frames, uint8 RGBA [n, height, width, 4], as pictures [n, 3, height, width] of 0 to 255. Alpha is left out. */
	fromRgba(frames: Value, dtype: DType): Value {
		if (frames.dtype !== "uint8" || frames.shape.length !== 4 || frames.shape[3] !== 4) {
			this.fail("fromRgba", `${frames.dtype} ${printShape(frames.shape)} are no frames`);
		}
		return this.cast(this.transpose(this.slice(frames, 3, 0, 3), [0, 3, 1, 2]), dtype);
	}

	/**
	 * Pictures of 0 to 1, [n, 3, height, width] or grey [n, 1, height, width], as opaque frames, uint8 RGBA [n, height, width, 4].
	 * What lies outside is cut off.
	 */
	toRgba(pictures: Value, { rounding }: { readonly rounding: "nearest" | "down" }): Value {
		const [n = 0, channels, height = 0, width = 0] = pictures.shape;
		if (pictures.shape.length !== 4 || (channels !== 1 && channels !== 3)) {
			this.fail("toRgba", `${printShape(pictures.shape)} are no pictures`);
		}
		const scaled = this.mul(this.clip(this.cast(pictures, "float32"), 0, 1), 255);
		const bytes = rounding === "nearest" ? this.round(scaled) : scaled;
		const colour = channels === 1 ? this.expand(bytes, [n, 3, height, width]) : bytes;
		const alpha = this.expand(this.constant("float32", [1, 1, 1, 1], [255]), [n, 1, height, width]);
		return this.cast(this.transpose(this.concat([colour, alpha], 1), [0, 2, 3, 1]), "uint8");
	}
}
