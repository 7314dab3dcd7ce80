import type { Stored } from "./safetensors.ts";

/** The elements of a clip [1, channels, frames, height, width], frames before channels. */
export function framesFirst({ data, shape }: Stored): Float32Array {
	const [, channels = 0, frames = 0, height = 0, width = 0] = shape;
	const area = height * width;
	const result = new Float32Array(data.length);
	for (let c = 0; c < channels; c++) {
		for (let t = 0; t < frames; t++) {
			const from = (c * frames + t) * area;
			result.set((data as Float32Array).subarray(from, from + area), (t * channels + c) * area);
		}
	}
	return result;
}
