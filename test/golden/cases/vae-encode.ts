import * as z from "zod";
import { LATENT_MEAN, LATENT_STD } from "../../../pipelines/wan/vae/latents.ts";
import { StreamMemory } from "../../../pipelines/wan/vae/stream.ts";
import { WanEncoder } from "../../../pipelines/wan/vae/wan/encoder.ts";
import { type CaseKind, pictureType, SINGLE } from "../case.ts";
import { type Compared, compare } from "../compare.ts";
import { framesFirst } from "../frames.ts";

const config = z.object({
	dim_mult: z.array(z.int()),
	chunks: z.array(z.int().min(1)),
	video: z.tuple([z.literal(3), z.int(), z.int(), z.int()]),
});

/** Wan's encoder on chunks of a stream; once with a run for each latent frame, once with all of a chunk in one run. */
export const kind: CaseKind = {
	name: "vae-encode",
	matches: (value) => config.safeParse(value).success,
	async *run(folder, engine) {
		const { chunks, video } = folder.read(config);
		const [, , height, width] = video;
		const pixels = framesFirst(folder.tensor("video"));
		const area = 3 * height * width;
		yield compare("latent_mean", folder.floats("latent_mean"), Float32Array.from(LATENT_MEAN), 0);
		yield compare("latent_std", folder.floats("latent_std"), Float32Array.from(LATENT_STD), 0);
		const weights = await folder.weights();
		for (const together of [1, 64]) {
			const options = { weights, size: { width, height }, dtype: pictureType(engine), together } as const;
			await using encoder = new WanEncoder(engine, options);
			const encode = async (memory: StreamMemory, from: number, to: number) =>
				await encoder.encode(memory, pixels.subarray(from * area, to * area));
			const against = (name: string, ours: Float32Array): Compared =>
				compare(`${name} (${together} together)`, ours, framesFirst(folder.tensor(name)), SINGLE);

			using stream = new StreamMemory();
			let at = 0;
			for (const [i, frames] of chunks.entries()) {
				const { mu, latents } = await encode(stream, at, at + frames);
				at += frames;
				yield against(`mu_chunk${i}`, mu);
				yield against(`latents_chunk${i}`, latents);
			}
			const alone = async (frames: number) => {
				using memory = new StreamMemory();
				return await encode(memory, 0, frames);
			};
			yield against("latents_single_frame", (await alone(1)).latents);
			const leading = folder.names.map((name) => /^(latents_whole|mu_stream_first)_(\d+)_frames$/.exec(name));
			for (const [name, what, frames] of leading.filter((match) => match !== null)) {
				const { mu, latents } = await alone(Number(frames));
				yield against(name, what === "latents_whole" ? latents : mu);
			}
		}
	},
};
