import { expect, test } from "vitest";
import { RestingEncoder } from "../../../pipelines/wan/vace/resting.ts";
import { StandingEncoder } from "../../../pipelines/wan/vace/standing.ts";
import { openVae } from "../../../pipelines/wan/vae/open.ts";
import type { EncodeOptions } from "../../../pipelines/wan/vae/vae.ts";
import { input } from "../../golden/recipe.ts";
import { cpu } from "./engine.ts";
import { taeShapes, wanVaeShapes } from "./shapes.ts";
import { madeFile } from "./weights.ts";

const size = { width: 16, height: 16 };
const grey = (frames: number) => new Float32Array(frames * 3 * 16 * 16);
const video = (name: string, frames: number) => input(name, [frames, 3, 16, 16]).map((x) => x / 4);
const shapes = {
	wan: wanVaeShapes({ dim: 4 }),
	tae: taeShapes({ encoder: 4, decoder: [16, 8, 8, 4] }),
};

test.each(["wan", "tae"] as const)(
	"with %s a stream that rests costs nothing, and gives what encoding would, then and later",
	async (type) => {
		const engine = await cpu();
		const weights = await madeFile(shapes[type]);
		await using vae = await openVae(engine, { type, weights, size, separateStreams: true });
		await using other = await openVae(engine, { type, weights, size, separateStreams: true });
		let asked = 0;
		const resting = new RestingEncoder({
			encode(pixels: Float32Array, options?: EncodeOptions) {
				asked++;
				return vae.encode(pixels, options);
			},
		});
		const clips = [
			...[13, ...new Array<number>(16).fill(12)].map(grey),
			video("kept", 12),
			...new Array<number>(16).fill(12).map(grey),
			video("kept again", 12),
		];
		for (const [i, pixels] of clips.entries()) {
			const [ours, theirs] = [
				await resting.encode(pixels, { stream: "inactive" }),
				await other.encode(pixels, { stream: "inactive" }),
			];
			expect(ours, `clip ${i}`).toEqual(theirs);
			for (const each of [vae, other]) await each.decode(input("z", [3, 16, 2, 2]));
		}
		expect(asked).toBeLessThan(clips.length - 6);
	},
);

test("what is changed is always encoded", async () => {
	let asked = 0;
	const resting = new RestingEncoder({ encode: async () => Float32Array.of(asked++) });
	for (let i = 0; i < 9; i++) await resting.encode(grey(12), { stream: "reactive" });
	for (let i = 0; i < 9; i++) await resting.encode(grey(12));
	expect(asked).toBe(18);
});

test("a picture that stands alone is encoded once, frames of a stream each time", async () => {
	const asked: (string | undefined)[] = [];
	const encoder = new StandingEncoder({
		encode: async (pixels, { stream } = {}) => {
			asked.push(stream);
			return pixels.slice();
		},
	});
	const picture = Float32Array.of(1, 2, 3);
	const latents = await encoder.encode(picture, { stream: "none" });
	expect(await encoder.encode(picture, { stream: "none" })).toBe(latents);
	await encoder.encode(Float32Array.of(1, 2, 3), { stream: "none" });
	for (let i = 0; i < 2; i++) await encoder.encode(picture, { stream: "reactive" });
	expect(asked).toEqual(["none", "none", "reactive", "reactive"]);
});
