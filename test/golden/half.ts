import type { DType } from "mutoscope/inference";
import { type Compared, isRight } from "./compare.ts";

/*
 * Half precision rounds every intermediate result 2¹³ (fp16) or 2¹⁶ (bf16) times as coarsely as fp32. Largest differences
 * then say little: one element of many thousands may be off by a tenth and the picture is the same. What is judged is the
 * root mean square of the differences in parts of that of the output. fp32 gives about 5e-7 on these cases, eight units of
 * its rounding; as many units of fp16 are 4e-3, of bf16 3e-2. The limits leave twice as much for a single pass and three
 * times that for what runs freely. Deliberate mistakes in caches, positions and masks move the result by 0.2 to 0.5.
 */
const LIMITS: Partial<Record<DType, { readonly single: number; readonly free: number }>> = {
	float16: { single: 8e-3, free: 2.4e-2 },
	bfloat16: { single: 6e-2, free: 1.8e-1 },
};

/** Below this, limits are of what the host computes, or of exact things: they hold whatever the device computes in. */
const OF_MODELS = 5e-5;

/**
 * An output judged by the precision that it was computed in: as it is in fp32, by its `rms` in half precision.
 *
 * @param fp32 what was compared, with its limits for fp32.
 * @param free the smallest limit of what ran freely.
 */
export function judged(fp32: Compared, dtype: DType, free: number): Compared {
	const half = LIMITS[dtype];
	const { output, rms, limit } = fp32;
	if (!half || rms === undefined || limit === 0 || isRight(fp32) || limit < OF_MODELS) return fp32;
	return { output: `${output} (rms)`, maxAbs: rms, limit: limit >= free ? half.free : half.single };
}
