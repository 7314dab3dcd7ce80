import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { StreamMemory } from "../../../../pipelines/wan/vae/stream.ts";
import { TaeDecoder } from "../../../../pipelines/wan/vae/tae/decoder.ts";
import { TaeEncoder } from "../../../../pipelines/wan/vae/tae/encoder.ts";
import { WanDecoder } from "../../../../pipelines/wan/vae/wan/decoder.ts";
import { WanEncoder } from "../../../../pipelines/wan/vae/wan/encoder.ts";
import { compare } from "../../../golden/compare.ts";
import { framesFirst } from "../../../golden/frames.ts";
import { input } from "../../../golden/recipe.ts";
import { cpu } from "../engine.ts";
import { taeShapes, wanVaeShapes } from "../shapes.ts";
import { madeWeights } from "../weights.ts";

const vector = (name: string) =>
	JSON.parse(readFileSync(new URL(`../../../golden/vectors/${name}.json`, import.meta.url), "utf8"));
const size = { width: 16, height: 16 };
const area = 3 * size.width * size.height;

/** Compares some of the frames, each [3, 16, 16]. */
function expectFrames(frames: Float32Array, count: number, sampled: readonly number[], expected: number[][]): void {
	expect(frames).toHaveLength(count * area);
	for (const [i, frame] of sampled.entries()) {
		const ours = frames.subarray(frame * area, (frame + 1) * area);
		expect(compare(`frame ${frame}`, ours, expected[i] ?? [], 1e-4).maxAbs).toBeLessThan(1e-4);
	}
}

test("Wan's autoencoder with made-up weights gives the numbers that PyTorch gives", async () => {
	const { encode, decode } = vector("vae_tiny");
	const engine = await cpu();
	const weights = await madeWeights(wanVaeShapes({ dim: 4 }));
	const options = { weights, size, dtype: "float32", together: 2 } as const;

	await using encoder = new WanEncoder(engine, options);
	using encoded = new StreamMemory();
	for (const [i, { frames, mu_raw }] of encode.entries()) {
		const shape = [1, 3, frames, 16, 16];
		const data = input(`vae:enc${i}`, shape).map((x) => x * 0.4);
		const { mu } = await encoder.encode(encoded, framesFirst({ dtype: "float32", shape, data }));
		expect(compare("mu", mu, mu_raw, 1e-4).maxAbs).toBeLessThan(1e-4);
	}

	await using decoder = new WanDecoder(engine, { ...options, output: "raw" });
	using decoded = new StreamMemory();
	for (const [i, { latents, out_frames, sampled_frames, frames_unclamped }] of decode.entries()) {
		const frames = await decoder.decode(decoded, input(`vae:dec${i}`, [1, latents, 16, 2, 2]));
		expectFrames(frames, out_frames, sampled_frames, frames_unclamped);
	}
});

test("the tiny autoencoder with made-up weights gives the numbers that PyTorch gives", async () => {
	const { encode, decode } = vector("tae");
	const engine = await cpu();
	const weights = await madeWeights(taeShapes());
	const options = { weights, size, dtype: "float32", together: 2, normalise: false } as const;

	await using encoder = new TaeEncoder(engine, options);
	using encoded = new StreamMemory();
	for (const [i, { frames, latents }] of encode.entries()) {
		const pixels = input(`tae:enc${i}`, [1, frames, 3, 16, 16]).map((x) => 2 * (x * 0.15 + 0.5) - 1);
		const ours = await encoder.encode(encoded, pixels);
		expect(compare("latents", ours, latents, 1e-4).maxAbs).toBeLessThan(1e-4);
	}

	await using decoder = new TaeDecoder(engine, { ...options, output: "raw" });
	using decoded = new StreamMemory();
	for (const [i, { latents, out_frames, sampled_frames, frames_01 }] of decode.entries()) {
		const raw = await decoder.decode(decoded, input(`tae:dec${i}`, [1, latents, 16, 2, 2]));
		const frames = raw.map((x) => Math.min(1, Math.max(0, x)));
		expectFrames(frames, out_frames, sampled_frames, frames_01);
	}
});
