import * as z from "zod";
import { LATENT_MEAN, LATENT_STD } from "../../../pipelines/wan/vae/latents.ts";
import { port } from "../../../pipelines/wan/vae/past.ts";
import { StreamMemory } from "../../../pipelines/wan/vae/stream.ts";
import { TaeDecoder } from "../../../pipelines/wan/vae/tae/decoder.ts";
import { TaeEncoder } from "../../../pipelines/wan/vae/tae/encoder.ts";
import { drawTaeDecoder } from "../../../pipelines/wan/vae/tae/graphs.ts";
import { type CaseFolder, type CaseKind, pictureType, SINGLE } from "../case.ts";
import { compare } from "../compare.ts";
import { runOnce, watching } from "../inside.ts";

const config = z.object({
	decoder_widths: z.array(z.int()),
	decoder_time_upscale: z.array(z.boolean()),
	frames_to_trim: z.literal(3),
	stream_decode_chunks: z.array(z.int().min(1)),
});

/** What the stored tensors from inside the decoder are called there. */
const INSIDE = { frame0_after_stem: "stem", frame0_after_mem0: "decoder.3" };

/** The tiny autoencoder: whole clips, streams, and what is inside. */
export const kind: CaseKind = {
	name: "taehv",
	matches: (value) => config.safeParse(value).success,
	async *run(folder, engine) {
		const { stream_decode_chunks: chunks, decoder_time_upscale: upscale } = folder.read(config);
		const [, count = 0, channels = 0, h = 0, w = 0] = folder.tensor("latents").shape;
		const weights = await folder.weights();
		const size = { width: 8 * w, height: 8 * h };
		const grow = upscale.map((twice) => (twice ? 2 : 1));
		const common = { weights, size, dtype: pictureType(engine), normalise: false, grow } as const;
		const latents = folder.floats("latents");
		const area = channels * h * w;
		yield compare("latent_mean", folder.floats("latent_mean"), Float32Array.from(LATENT_MEAN), 0);
		yield compare("latent_std", folder.floats("latent_std"), Float32Array.from(LATENT_STD), 0);

		const observe = watching(Object.values(INSIDE));
		const { graph, memories } = drawTaeDecoder(weights, { ...common, output: "raw", observe });
		using feed = engine.tensor("float32", [count, channels, h, w], latents);
		const zeros = memories.map(({ name, shape }) => [port.before(name), engine.tensor(common.dtype, shape)] as const);
		const seen = await runOnce(engine, graph, { latents: feed, ...Object.fromEntries(zeros) });
		for (const [, zero] of zeros) zero.dispose();
		yield compare("decode_raw", seen.get("frames") ?? [], folder.floats("decode_raw"), SINGLE);
		for (const [stored, name] of Object.entries(INSIDE)) {
			const expected = folder.floats(stored);
			yield compare(stored, seen.get(name)?.subarray(0, expected.length) ?? [], expected, SINGLE);
		}

		for (const together of [1, 64]) {
			const options = { ...common, together };
			await using decoder = new TaeDecoder(engine, { ...options, output: "raw" });
			const decode = async (memory: StreamMemory, from: number, to: number) =>
				(await decoder.decode(memory, latents.subarray(from * area, to * area))).map((x) =>
					Math.min(1, Math.max(0, x)),
				);
			const decoded = (name: string, ours: Float32Array) =>
				compare(`${name} (${together} together)`, ours, folder.floats(name), SINGLE);
			{
				using whole = new StreamMemory();
				yield decoded("decode_video", await decode(whole, 0, count));
			}
			{
				using stream = new StreamMemory();
				let at = 0;
				for (const [i, some] of chunks.entries()) {
					yield decoded(`stream_decode_chunk${i}`, await decode(stream, at, at + some));
					at += some;
				}
			}
			{
				using single = new StreamMemory();
				yield decoded("stream_decode_single_first", await decode(single, 0, 1));
				yield decoded("stream_decode_single_second", await decode(single, 1, 2));
			}

			await using encoder = new TaeEncoder(engine, options);
			for (const [name, stream, from, to] of encodings(folder)) {
				if (from === 0) stream.begun = false;
				const ours = await encoder.encode(
					stream,
					signed(folder.floats("video"), from, to, 3 * size.width * size.height),
				);
				yield compare(`${name} (${together} together)`, ours, folder.floats(name), SINGLE);
			}
		}
	},
};

/** What is encoded: which tensor it gives, in which stream, of which frames of the video. */
function* encodings(folder: CaseFolder): Generator<[string, StreamMemory, number, number]> {
	const [, frames = 0] = folder.tensor("video").shape;
	using alone = new StreamMemory();
	yield ["encode_video", alone, 0, frames];
	for (const name of folder.names) {
		const [, some] = /^encode_video_(\d+)_frames$/.exec(name) ?? [];
		if (some !== undefined) yield [name, alone, 0, Number(some)];
	}
	using stream = new StreamMemory();
	let at = 0;
	for (let i = 0; folder.has(`stream_encode_chunk${i}`); i++) {
		const name = `stream_encode_chunk${i}`;
		const some = 4 * (folder.tensor(name).shape[1] ?? 0);
		yield [name, stream, at, at + some];
		at += some;
	}
}

/** Frames `from` to `to` of a video of 0 to 1, as −1 to 1. */
function signed(video: Float32Array, from: number, to: number, area: number): Float32Array {
	return video.subarray(from * area, to * area).map((x) => 2 * x - 1);
}
