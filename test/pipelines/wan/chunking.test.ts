import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { framesWanted, planChunk, resampled } from "../../../pipelines/wan/chunking.ts";

const THREE = { latents: 3, firstLatents: 3 };
const ONE = { latents: 1, firstLatents: 2 };
const WHOLE = { latents: 1, firstLatents: 1, whole: true };

test.each([
	["text", THREE, false, { latents: 3, output: 9 }, { latents: 3, output: 12 }],
	["text, StreamDiffusionV2", ONE, false, { latents: 2, output: 5 }, { latents: 1, output: 4 }],
	["video", THREE, true, { input: 13, latents: 4, output: 13 }, { input: 12, latents: 3, output: 12 }],
	["video, StreamDiffusionV2", ONE, true, { input: 5, latents: 2, output: 5 }, { input: 4, latents: 1, output: 4 }],
	["text, Pocket", WHOLE, false, { latents: 1, output: 1 }, { latents: 1, output: 4 }],
	["video, Pocket", WHOLE, true, { input: 4, latents: 1, output: 1 }, { input: 4, latents: 1, output: 4 }],
])("the chunks of %s", (_, shape, video, first, later) => {
	expect(planChunk(shape, 0, video)).toMatchObject(first);
	expect(planChunk(shape, 4, video)).toMatchObject(later);
});

test("a source is asked for four frames a latent frame, in the first chunk too", () => {
	expect([THREE, ONE].map(framesWanted)).toEqual([12, 4]);
});

describe("frames", () => {
	test("are stretched to the first chunk with ties to the even one", () => {
		expect(resampled(12, 13)).toEqual([0, 1, 2, 3, 4, 5, 6, 6, 7, 8, 9, 10, 11]);
		expect(resampled(4, 5)).toEqual([0, 1, 2, 2, 3]);
		expect(resampled(1, 5)).toEqual([0, 0, 0, 0, 0]);
		expect(resampled(12, 12)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
	});

	test("are stretched in order, from the first to the last", () => {
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 2, max: 40 }), (given, wanted) => {
				const indices = resampled(given, wanted);
				expect(indices).toEqual(indices.toSorted((a, b) => a - b));
				expect([indices[0], indices.at(-1)]).toEqual([0, given === wanted ? wanted - 1 : given - 1]);
			}),
		);
	});
});
