import { Graph } from "mutoscope/inference";
import * as z from "zod";
import { denormalised } from "../../../pipelines/wan/vae/drawing.ts";
import { LATENT_MEAN, LATENT_STD } from "../../../pipelines/wan/vae/latents.ts";
import { StreamMemory } from "../../../pipelines/wan/vae/stream.ts";
import { WanDecoder } from "../../../pipelines/wan/vae/wan/decoder.ts";
import { drawDecoder } from "../../../pipelines/wan/vae/wan/graphs.ts";
import { type CaseKind, pictureType, SINGLE } from "../case.ts";
import { compare } from "../compare.ts";
import { framesFirst } from "../frames.ts";
import { runOnce, watching } from "../inside.ts";

const config = z.object({
	dim_mult: z.array(z.int()),
	chunks: z.array(z.int().min(1)),
	latent: z.tuple([z.literal(16), z.int(), z.int()]),
});

/** What the stored tensors from inside the decoder are called there. */
const INSIDE = { first_frame_conv1: "conv1", first_frame_middle_attn: "decoder.middle.1" };

/** Wan's decoder on chunks of a stream; once with a run for each latent frame, once with all of a chunk in one run. */
export const kind: CaseKind = {
	name: "vae-decode",
	matches: (value) => config.safeParse(value).success,
	async *run(folder, engine) {
		const { chunks, latent } = folder.read(config);
		const [channels, h, w] = latent;
		const latents = framesFirst(folder.tensor("latents"));
		const area = channels * h * w;
		const weights = await folder.weights();
		const common = {
			weights,
			size: { width: 8 * w, height: 8 * h },
			dtype: pictureType(engine),
			output: "raw",
		} as const;
		yield compare("latent_mean", folder.floats("latent_mean"), Float32Array.from(LATENT_MEAN), 0);
		yield compare("latent_std", folder.floats("latent_std"), Float32Array.from(LATENT_STD), 0);
		const whole = new Graph("denormalised");
		const input = whole.input("latents", "float32", ["frames", channels, h, w]);
		whole.output("denormalised", denormalised(whole, input));
		using all = engine.tensor("float32", [latents.length / area, channels, h, w], latents);
		const denorm = (await runOnce(engine, whole, { latents: all })).get("denormalised") ?? [];
		yield compare("latents_denorm", denorm, framesFirst(folder.tensor("latents_denorm")), SINGLE);

		const { graph } = drawDecoder(weights, { ...common, starts: true, observe: watching(Object.values(INSIDE)) });
		using feed = engine.tensor("float32", [1, channels, h, w], latents.subarray(0, area));
		const seen = await runOnce(engine, graph, { latents: feed });
		for (const [stored, name] of Object.entries(INSIDE)) {
			yield compare(stored, seen.get(name) ?? [], framesFirst(folder.tensor(stored)), SINGLE);
		}

		for (const together of [1, 64]) {
			await using decoder = new WanDecoder(engine, { ...common, together });
			using stream = new StreamMemory();
			let at = 0;
			for (const [i, frames] of chunks.entries()) {
				const pixels = await decoder.decode(stream, latents.subarray(at * area, (at + frames) * area));
				at += frames;
				const name = `pixels_chunk${i}`;
				yield compare(`${name} (${together} together)`, pixels, framesFirst(folder.tensor(name)), SINGLE);
			}
		}
	},
};
