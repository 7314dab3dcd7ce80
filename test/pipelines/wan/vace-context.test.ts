import { describe, expect, test } from "vitest";
import { type VaceInput, vaceContext } from "../../../pipelines/wan/vace/context.ts";
import type { EncodeStream, Vae } from "../../../pipelines/wan/vae/vae.ts";

const [height, width] = [16, 32];
const size = height * width;
const cells = size / 64;
const level = (value: number) => new Float32Array(3 * size).fill(value);
const levels = (...values: number[]) => values.map(level);
const mask = (value: number) => new Float32Array(size).fill(value);
/** Free in the left half. */
const halfMask = Float32Array.from({ length: size }, (_, i) => (i % width < width / 2 ? 1 : 0));

/** Encodes by taking one value of the last frame of each latent frame's group, in the upper left pixel. */
function autoencoder(first: boolean) {
	const calls: { stream: EncodeStream; frames: number }[] = [];
	const encode: Vae["encode"] = async (pixels, { stream = "main" } = {}) => {
		const frames = pixels.length / (3 * size);
		calls.push({ stream, frames });
		const lone = stream === "none" || first ? 1 : 0;
		const latents = lone + Math.floor((frames - lone) / 4);
		const data = new Float32Array(latents * 16 * cells);
		for (let i = 0; i < latents; i++) {
			const last = lone ? i * 4 : i * 4 + 3;
			data.fill(pixels[last * 3 * size] as number, i * 16 * cells, (i + 1) * 16 * cells);
		}
		return data;
	};
	return { calls, encode };
}

async function context(input: VaceInput, { first = false, length = 12 } = {}) {
	const vae = autoencoder(first);
	const made = await vaceContext(input, { height, width, length, vae });
	/** One value of a channel in each latent frame. */
	const channel = (c: number) => Array.from({ length: made?.frames ?? 0 }, (_, f) => made?.data[(f * 96 + c) * cells]);
	return { calls: vae.calls, made, keep: channel(0), change: channel(16), masked: channel(32) };
}

const clip = levels(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);

test("nothing given is no context", async () => {
	expect((await context({})).made).toBeUndefined();
	expect((await context({ frames: [], references: [] })).made).toBeUndefined();
});

describe("frames", () => {
	test("without a mask are all to be changed, in a stream of their own", async () => {
		const { calls, made, keep, change, masked } = await context({ frames: clip });
		expect(made?.data.length).toBe(96 * 3 * cells);
		expect([keep, change, masked]).toEqual([
			[0, 0, 0],
			[4, 8, 12],
			[1, 1, 1],
		]);
		expect(calls).toEqual([
			{ stream: "inactive", frames: 12 },
			{ stream: "reactive", frames: 12 },
		]);
	});

	test("of a first chunk are one latent frame more", async () => {
		const { change } = await context({ frames: levels(0, ...clip.map((_, i) => i + 1)) }, { first: true });
		expect(change).toEqual([0, 4, 8, 12]);
	});

	test("with a mask are divided by it, and what is to be changed is a clip by itself", async () => {
		const masks = clip.map(() => halfMask);
		const { calls, keep, change, made } = await context({ frames: clip, masks });
		expect(calls.map(({ stream }) => stream)).toEqual(["inactive", "none"]);
		// The upper left pixel is free.
		expect([keep, change]).toEqual([
			[0, 0, 0],
			[1, 5, 9],
		]);
		// Channel 32 is the upper left pixel of each cell: columns 0 and 1 are free, 2 and 3 kept.
		expect([...(made?.data.subarray(32 * cells, 33 * cells) ?? [])]).toEqual([1, 1, 0, 0, 1, 1, 0, 0]);
	});

	test("are divided at one half, while the mask itself is passed on as it is", async () => {
		const { keep, masked } = await context({ frames: clip, masks: clip.map(() => mask(0.25)) });
		expect([keep, masked]).toEqual([
			[4, 8, 12],
			[0.25, 0.25, 0.25],
		]);
	});
});

describe("references", () => {
	test("alone are one clip, with nothing in the other 80 channels", async () => {
		const { calls, made, keep } = await context({ references: levels(7, 8) });
		expect(calls).toEqual([{ stream: "none", frames: 2 }]);
		expect(made?.frames).toBe(1);
		expect(keep).toEqual([7]);
		expect(made?.data.subarray(16 * cells).every((value) => value === 0)).toBe(true);
	});

	test("with frames: the first stands in front of them", async () => {
		const { calls, keep, change, masked } = await context({ references: levels(7, 8), frames: clip });
		expect([keep, change, masked]).toEqual([
			[7, 0, 0, 0],
			[0, 4, 8, 12],
			[0, 1, 1, 1],
		]);
		expect(calls.at(-1)).toEqual({ stream: "none", frames: 1 });
	});
});

describe("an extension", () => {
	test("keeps the first picture over four frames and leaves the others free", async () => {
		const { keep, change, masked } = await context({ first: level(0.5) });
		expect([keep, change, masked]).toEqual([
			[0.5, 0, 0],
			[0, 0, 0],
			[0, 1, 1],
		]);
	});

	test("keeps both pictures, and follows frames in between", async () => {
		const { calls, keep, change, masked } = await context({
			first: level(0.5),
			last: level(0.25),
			frames: levels(1, 2, 3),
		});
		// The frames are too few: the last is repeated. The change is a clip by itself: frames 0, 4, 8.
		expect([keep, change, masked]).toEqual([
			[0.5, 0, 0.25],
			[0, 3, 0],
			[0, 1, 0],
		]);
		expect(calls.map(({ stream }) => stream)).toEqual(["inactive", "none"]);
	});

	test("puts the picture only where the mask is free", async () => {
		const first = level(0.5);
		const { keep } = await context({ first, frames: clip, masks: clip.map(() => mask(0)) });
		expect(keep).toEqual([4, 8, 12]);
		const free = await context({ first, frames: clip, masks: clip.map(() => mask(1)) });
		expect([free.keep, free.masked]).toEqual([
			[0.5, 0, 0],
			[0, 1, 1],
		]);
	});

	test("of a first chunk has twelve frames, not thirteen", async () => {
		const { calls, made } = await context({ last: level(0.25) }, { first: true });
		expect(calls[0]).toEqual({ stream: "inactive", frames: 12 });
		expect(made?.frames).toBe(3);
	});

	test("has no room for two pictures in a chunk of four frames", async () => {
		await expect(context({ first: level(0), last: level(0) }, { length: 4 })).rejects.toThrow(
			expect.objectContaining({ code: "request/invalid-field" }),
		);
	});

	test("takes a reference in front", async () => {
		expect((await context({ first: level(0.5), references: levels(7) })).keep).toEqual([7, 0.5, 0, 0]);
	});
});
