import * as z from "zod";
import { maskChannels } from "../../../pipelines/wan/vace/mask.ts";
import type { CaseKind } from "../case.ts";
import { compare } from "../compare.ts";

const schema = z.object({
	case: z.string(),
	vae_stride: z.tuple([z.literal(4), z.literal(8), z.literal(8)]),
	dim: z.undefined().optional(),
});

/** Pixel masks as 64 latent channels: exact, nothing is computed. Stored as `NAME_mask` and `NAME_encoded[_with_N_refs]`. */
export const kind: CaseKind = {
	name: "vace-mask-encoding",
	matches: (config) => schema.safeParse(config).success,
	async *run(folder) {
		for (const output of folder.names) {
			const [, name, references = "0"] = /^(.+)_encoded(?:_with_(\d+)_refs)?$/.exec(output) ?? [];
			if (name === undefined) continue;
			const [, length, height, width] = folder.tensor(`${name}_mask`).shape as [number, number, number, number];
			const mask = folder.floats(`${name}_mask`);
			const size = height * width;
			const frames = Array.from({ length }, (_, t) => mask.subarray(t * size, (t + 1) * size));
			const channels = maskChannels(frames, height, width, Number(references));
			yield compare(output, channels, folder.tensor(output), 0);
		}
	},
};
