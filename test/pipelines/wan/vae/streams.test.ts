import { join } from "node:path";
import { type Engine, type WrittenTensor, writeSafetensors } from "mutoscope/inference";
import { expect, test } from "vitest";
import { LATENT_MEAN, LATENT_STD } from "../../../../pipelines/wan/vae/latents.ts";
import { openVae, type VaeType } from "../../../../pipelines/wan/vae/open.ts";
import { StreamMemory } from "../../../../pipelines/wan/vae/stream.ts";
import { TaeDecoder } from "../../../../pipelines/wan/vae/tae/decoder.ts";
import { TaeEncoder } from "../../../../pipelines/wan/vae/tae/encoder.ts";
import type { Vae } from "../../../../pipelines/wan/vae/vae.ts";
import { WanDecoder } from "../../../../pipelines/wan/vae/wan/decoder.ts";
import { WanEncoder } from "../../../../pipelines/wan/vae/wan/encoder.ts";
import { compare } from "../../../golden/compare.ts";
import { input, weight } from "../../../golden/recipe.ts";
import { cpu } from "../engine.ts";
import { taeShapes, wanVaeShapes } from "../shapes.ts";
import { madeFile, madeWeights, scratch } from "../weights.ts";

const size = { width: 32, height: 16 };
const wan = wanVaeShapes({ dim: 4 });
const tae = taeShapes({ encoder: 4, decoder: [16, 8, 8, 4] });
const pixels = (name: string, frames: number) => input(name, [frames, 3, 16, 32]).map((x) => x / 4);
const latents = (name: string, count: number) => input(name, [count, 16, 2, 4]);
const frameOf = 16 * 32 * 4;
const latentOf = 16 * 2 * 4;

async function opened(
	engine: Engine,
	type: VaeType,
	more: { separateStreams?: boolean; normalise?: boolean } = {},
): Promise<Vae> {
	const weights = await madeFile(type === "wan" || type === "lightvae" ? wan : tae);
	return await openVae(engine, { type, weights, size, ...more });
}

function expectClose(ours: ArrayLike<number>, theirs: ArrayLike<number>, limit = 1e-5): void {
	expect(compare("", ours, theirs, limit).maxAbs).toBeLessThanOrEqual(limit);
}

function expectFar(ours: ArrayLike<number>, theirs: ArrayLike<number>): void {
	expect(compare("", ours, theirs, 0).maxAbs).toBeGreaterThan(1e-3);
}

test("one latent frame is one picture at first and four later with Wan's autoencoder", async () => {
	await using vae = await opened(await cpu(), "wan");
	const made = [];
	for (const count of [1, 1, 3, 2]) made.push((await vae.decode(latents("z", count))).length / frameOf);
	expect(made).toEqual([1, 4, 12, 8]);
	vae.reset();
	expect(await vae.decode(latents("z", 3))).toHaveLength(9 * frameOf);
});

test("the tiny autoencoder leaves the first three pictures of a stream out", async () => {
	await using vae = await opened(await cpu(), "tae");
	const made = [];
	for (const count of [1, 1, 3]) made.push((await vae.decode(latents("z", count))).length / frameOf);
	expect(made).toEqual([1, 4, 12]);
	vae.reset();
	expect(await vae.decode(latents("z", 3))).toHaveLength(9 * frameOf);
});

test("pictures are bytes with full alpha, rounded down, and the same as the raw ones", async () => {
	const engine = await cpu();
	const z = latents("z", 2).map((x) => 3 * x);
	for (const type of ["wan", "tae"] as const) {
		await using vae = await opened(engine, type);
		const options = {
			weights: await madeWeights(type === "wan" ? wan : tae),
			size,
			dtype: "float32",
			together: 1,
		} as const;
		await using raw =
			type === "wan"
				? new WanDecoder(engine, { ...options, output: "raw" })
				: new TaeDecoder(engine, { ...options, output: "raw", normalise: false });
		using memory = new StreamMemory();
		const floats = await raw.decode(memory, z);
		const bytes = await vae.decode(z);
		const area = size.width * size.height;
		for (let i = 0; i < bytes.length; i++) {
			const [pixel, channel] = [Math.floor(i / 4), i % 4];
			const at = Math.floor(pixel / area) * 3 * area + channel * area + (pixel % area);
			const x = type === "wan" ? (floats[at] as number) / 2 + 0.5 : (floats[at] as number);
			const expected = channel === 3 ? 255 : Math.min(1, Math.max(0, x)) * 255;
			expect(Math.abs((bytes[i] as number) - Math.floor(expected + 1e-4))).toBeLessThanOrEqual(channel === 3 ? 0 : 1);
			expect(bytes[i] as number).toBeLessThanOrEqual(expected + 1e-2);
		}
	}
});

test("until something is decoded each batch of frames begins the stream anew with Wan's autoencoder", async () => {
	await using vae = await opened(await cpu(), "wan");
	const clip = pixels("video", 13);
	const first = await vae.encode(clip);
	expect(first).toHaveLength(4 * latentOf);
	expect(await vae.encode(clip)).toEqual(first);
	await vae.decode(latents("z", 1));
	const later = await vae.encode(clip);
	expect(later).toHaveLength(3 * latentOf);
	expectFar(later, first.subarray(latentOf));
});

test("frames left over after the first batch leave a trace, later ones do not", async () => {
	const engine = await cpu();
	const options = { weights: await madeWeights(wan), size, dtype: "float32", together: 1 } as const;
	await using encoder = new WanEncoder(engine, options);
	const [clip, next] = [pixels("video", 12), pixels("next", 4)];
	const one = (frames: number) => clip.subarray(0, frames * 3 * 16 * 32);
	const after = async (start: Float32Array, then: Float32Array[]) => {
		using memory = new StreamMemory();
		await encoder.encode(memory, start);
		for (const part of then) await encoder.encode(memory, part);
		return (await encoder.encode(memory, next)).mu;
	};
	expectFar(await after(one(12), []), await after(one(9), []));
	expect(await after(one(9), [one(7)])).toEqual(await after(one(9), [one(4)]));
	expect(await after(one(9), [one(3)])).toEqual(await after(one(9), []));
});

test("VACE's frames go through the video's memory with Wan's autoencoder, unless they are to be apart", async () => {
	const engine = await cpu();
	const [video, kept] = [pixels("video", 4), pixels("kept", 4)];
	const run = async (separateStreams: boolean, between: boolean) => {
		await using vae = await opened(engine, "wan", { separateStreams });
		await vae.decode(latents("z", 1));
		await vae.encode(video);
		if (between) await vae.encode(kept, { stream: "inactive" });
		return await vae.encode(video);
	};
	expect(await run(true, true)).toEqual(await run(true, false));
	expectFar(await run(false, true), await run(false, false));
});

test("every stream of the tiny autoencoder remembers by itself", async () => {
	await using vae = await opened(await cpu(), "tae");
	const [video, kept] = [pixels("video", 8), pixels("kept", 4)];
	const whole = await vae.encode(video);
	vae.reset();
	const half = 4 * 3 * 16 * 32;
	const first = await vae.encode(video.subarray(0, half));
	await vae.encode(kept, { stream: "inactive" });
	await vae.encode(kept, { stream: "reactive" });
	await vae.encode(kept, { stream: "none" });
	expectClose([...first, ...(await vae.encode(video.subarray(half)))], whole);
});

test.each(["wan", "tae"] as const)("frames that stand alone leave no trace in the streams of %s", async (type) => {
	const engine = await cpu();
	const clip = pixels("video", 8);
	const run = async (between: boolean) => {
		await using vae = await opened(engine, type);
		await vae.decode(latents("z", 1));
		await vae.encode(clip);
		if (between) expect(await vae.encode(pixels("image", 1), { stream: "none" })).toHaveLength(latentOf);
		return await vae.encode(clip);
	};
	expect(await run(true)).toEqual(await run(false));
});

test("the last frame is repeated to make four with the tiny autoencoder", async () => {
	await using vae = await opened(await cpu(), "lighttae");
	const clip = pixels("video", 5);
	const last = clip.subarray(-3 * 16 * 32);
	const repeated = Float32Array.from([...clip, ...last, ...last, ...last]);
	expect(await vae.encode(clip, { stream: "none" })).toEqual(await vae.encode(repeated, { stream: "none" }));
});

test("latents of the light ones and of Wan's are normalised, those of the tiny one are not", async () => {
	const engine = await cpu();
	const clip = pixels("video", 4);
	const encoded = async (type: VaeType, normalise = true) => {
		await using vae = await opened(engine, type, { normalise });
		return await vae.encode(clip);
	};
	expectFar(await encoded("lighttae"), await encoded("tae"));
	expect(await encoded("lightvae")).toEqual(await encoded("wan"));
	expectFar(await encoded("wan", false), await encoded("wan"));
});

test.each(["wan", "tae"] as const)("a clip in one run is the same as frame by frame with %s", async (type) => {
	const engine = await cpu();
	const weights = await madeWeights(type === "wan" ? wan : tae);
	const run = async (together: number) => {
		const options = { weights, size, dtype: "float32", together, normalise: false, output: "raw" } as const;
		await using encoder = type === "wan" ? new WanEncoder(engine, options) : new TaeEncoder(engine, options);
		await using decoder = type === "wan" ? new WanDecoder(engine, options) : new TaeDecoder(engine, options);
		using memory = new StreamMemory();
		using other = new StreamMemory();
		const encoded = await encoder.encode(memory, pixels("video", 13));
		return [encoded instanceof Float32Array ? encoded : encoded.mu, await decoder.decode(other, latents("z", 5))];
	};
	const [one, two, all] = [await run(1), await run(2), await run(9)];
	for (const i of [0, 1]) {
		expectClose(two[i] ?? [], one[i] ?? []);
		expectClose(all[i] ?? [], one[i] ?? []);
	}
});

test("a run that is aborted leaves a stream that begins anew", async () => {
	await using vae = await opened(await cpu(), "wan");
	const fresh = await vae.decode(latents("z", 2));
	const abort = AbortSignal.abort(new Error("enough"));
	await expect(vae.decode(latents("y", 2), abort)).rejects.toThrow("enough");
	expect(await vae.decode(latents("z", 2))).toEqual(fresh);
});

test.each(["wan", "tae"] as const)("half precision gives nearly the same pictures with %s", async (type) => {
	const engine = await cpu();
	const weights = await madeFile(type === "wan" ? wan : tae);
	const run = async (dtype: "float32" | "float16") => {
		await using vae = await openVae(engine, { type, weights, size, dtype });
		const encoded = [await vae.encode(pixels("video", 5)), await vae.decode(latents("z", 2))];
		return [...encoded, await vae.encode(pixels("more", 4)), await vae.decode(latents("y", 1))];
	};
	const [half, full] = [await run("float16"), await run("float32")];
	for (const [i, each] of half.entries()) expectClose(each, full[i] ?? [], i % 2 === 0 ? 2e-2 : 3);
});

test.each(["wan", "tae"] as const)(
	"many chunks hold as much memory as one, and none is left after the end, with %s",
	async (type) => {
		const engine = await cpu();
		const before = engine.used;
		{
			await using vae = await opened(engine, type);
			const chunk = async () => {
				await vae.encode(pixels("video", 12));
				await vae.encode(pixels("kept", 4), { stream: "none" });
				await vae.decode(latents("z", 3));
			};
			await chunk();
			const { used } = engine;
			for (let i = 0; i < 5; i++) {
				await chunk();
				if (i === 2) vae.reset();
			}
			expect(engine.used).toEqual(used);
		}
		expect(engine.used).toEqual(before);
	},
);

test("a first batch too short for a second latent frame gives one", async () => {
	await using vae = await opened(await cpu(), "wan");
	for (const frames of [1, 2, 3, 4]) expect(await vae.encode(pixels("video", frames))).toHaveLength(latentOf);
	expect(await vae.encode(pixels("video", 0))).toHaveLength(0);
	expect(await vae.decode(latents("z", 0))).toEqual(new Uint8Array());
});

test("LightTAE decodes what the transformer sees, the tiny one what the autoencoder sees", async () => {
	const engine = await cpu();
	await using light = await opened(engine, "lighttae");
	await using plain = await opened(engine, "tae");
	const seen = latents("z", 2);
	const own = seen.map((x, i) => {
		const channel = Math.floor(i / 8) % 16;
		return x * (LATENT_STD[channel] ?? 0) + (LATENT_MEAN[channel] ?? 0);
	});
	expectClose(await light.decode(seen), await plain.decode(own), 1);
});

test("of weights for more frames than a level makes the last ones count", async () => {
	const engine = await cpu();
	const shapes = { encoder: 4, decoder: [16, 8, 8, 4] };
	const name = "decoder.7.conv.weight";
	const tensors: Record<string, WrittenTensor> = {};
	for (const [key, shape] of taeShapes(shapes)) tensors[key] = { dtype: "float32", shape, data: weight(key, shape) };
	const more = weight(name, [32, 16, 1, 1]);
	const folder = await scratch();
	const files = [
		{ dtype: "float32", shape: [32, 16, 1, 1], data: more },
		{ dtype: "float32", shape: [16, 16, 1, 1], data: more.slice(256) },
		{ dtype: "float32", shape: [16, 16, 1, 1], data: more.slice(0, 256) },
	] as const;
	const decoded = [];
	for (const [i, data] of files.entries()) {
		const file = join(folder, `${i}.safetensors`);
		await writeSafetensors(file, { ...tensors, [name]: data });
		await using vae = await openVae(engine, { type: "tae", weights: file, size });
		decoded.push(await vae.decode(latents("z", 2).map((x) => 3 * x)));
	}
	expect(decoded[0]).toEqual(decoded[1]);
	expect(decoded[0]).not.toEqual(decoded[2]);
});
