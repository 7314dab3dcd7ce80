import * as z from "zod";
import { NoiseController } from "../../../pipelines/wan/noise-controller.ts";
import type { CaseFolder, CaseKind } from "../case.ts";
import { compare } from "../compare.ts";

const schema = z.object({
	max_noise_scale_no_motion: z.literal(0.8),
	motion_sensitivity: z.literal(0.2),
	new_weight: z.literal(0.9),
	prev_weight: z.literal(0.1),
	divisor: z.literal(0.2),
});

const SEQUENCES = { three_frame_blocks: 3, one_frame_blocks: 1 };

/** Noise scales over sequences of chunks, each carried on into the next, as the stored run did. */
export const kind: CaseKind = {
	name: "noise-controller",
	matches: (config) => schema.safeParse(config).success,
	async *run(folder) {
		folder.read(schema);
		for (const [sequence, frames] of Object.entries(SEQUENCES)) {
			const chunks: Float32Array[][] = [];
			while (folder.has(`${sequence}_video${chunks.length}`)) {
				chunks.push(framesOf(folder, `${sequence}_video${chunks.length}`));
			}
			const prefix = `${sequence}_noise_scale_from_`;
			for (const name of folder.names.filter((name) => name.startsWith(prefix))) {
				const start = name.slice(prefix.length);
				const controller = new NoiseController(frames);
				const scales: number[] = [];
				for (const chunk of chunks) scales.push(controller.next(chunk, scales.at(-1) ?? Number(start)));
				yield compare(name, scales, folder.tensor(name), 1e-6);
				// The original raises a flag after every chunk but the first whose scale moved; nothing reads it in time.
				const moved = scales.map((scale, i) => Number(i > 0 && scale !== scales[i - 1]));
				const reset = `${sequence}_init_cache_from_${start}`;
				yield compare(reset, moved, folder.tensor(reset), 0);
			}
		}
	},
};

/** A stored video [1, 3, T, H, W] as T frames [3, H, W]. */
function framesOf(folder: CaseFolder, name: string): Float32Array[] {
	const [, channels, length, height, width] = folder.tensor(name).shape as [number, number, number, number, number];
	const video = folder.floats(name);
	const size = height * width;
	return Array.from({ length }, (_, t) => {
		const frame = new Float32Array(channels * size);
		for (let c = 0; c < channels; c++) {
			frame.set(video.subarray((c * length + t) * size, (c * length + t + 1) * size), c * size);
		}
		return frame;
	});
}
