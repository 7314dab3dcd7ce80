import type { DType } from "mutoscope/inference";
import { type Compared, isRight } from "./compare.ts";

/*
 * Half precision rounds every intermediate result 2¹³ (fp16) or 2¹⁶ (bf16) times as coarsely as fp32. Largest differences
 * then say little: one element of many thousands may be off by a tenth and the picture is the same. What is judged is the
 * root mean square of the differences in parts of that of the output. Deliberate mistakes in caches, positions and masks
 * move it by 0.2 to 0.5.
 *
 * In fp16 (unit 2⁻¹¹) transformers were found up to 8 units off and autoencoders up to 20; 32 are allowed. In bf16 (unit
 * 2⁻⁸), which only transformers and text encoders are computed in, 16 are allowed: twice what those 8 would be.
 */
const LIMITS: Partial<Record<DType, number>> = { float16: 32 * 2 ** -11, bfloat16: 16 * 2 ** -8 };

/** Below this, limits are of what the host computes, or of exact things: they hold whatever the device computes in. */
const OF_MODELS = 5e-5;

/** An output judged by the type that it was computed in: as it is in fp32, by its `rms` in half precision. */
export function judged(fp32: Compared, dtype: DType): Compared {
	const half = LIMITS[dtype];
	const { output, rms, limit } = fp32;
	if (half === undefined || rms === undefined || limit < OF_MODELS || isRight(fp32)) return fp32;
	return { output: `${output} (rms)`, maxAbs: rms, limit: half };
}
