import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Frame, FramePool } from "mutoscope/sdk";
import { pipelineContract } from "mutoscope/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DepthStream } from "../../../pipelines/video-depth-anything/depth.ts";
import definition from "../../../pipelines/video-depth-anything/index.ts";
import type { DepthValues } from "../../../pipelines/video-depth-anything/params.ts";
import { paint, rangeOf, towards } from "../../../pipelines/video-depth-anything/range.ts";
import { madeDepth } from "./weights.ts";

const folder = mkdtempSync(join(tmpdir(), "mutoscope-"));
let made: string;
beforeAll(async () => {
	made = await madeDepth(folder, { dim: 48, grid: 7, features: 32, out: [16, 16, 32, 32] });
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.each([
	{ "/normalise": "running", "/memory": 3 },
	{ "/normalise": "chunk", "/continuous": false },
])("%o", (values) => {
	const trial = { values: { ...values, "/resolution": 98 }, chunks: 3, file: () => made };
	for (const { name, skip, run } of pipelineContract(definition, trial)) {
		test.skipIf(skip !== undefined)(`it ${name}`, run);
	}
});

/** The depths, as bytes, of frames in calls of four. */
async function depths(seeds: readonly number[], values: Partial<DepthValues>): Promise<string[]> {
	const pool = new FramePool();
	const { signal } = new AbortController();
	const params = definition.params.parse({ resolution: 98, ...values });
	const parts = { compute: { threads: 1 }, file: () => made, frame: pool.take.bind(pool), progress: () => {} };
	await using stream = await DepthStream.open({ params, ...parts }, signal);
	const all: string[] = [];
	for (let from = 0; from < seeds.length; from += 4) {
		const frames = seeds.slice(from, from + 4).map(picture);
		for (const drawn of await stream.draw(frames, params, signal)) {
			all.push(Buffer.from(drawn.data).toString("base64"));
			drawn.close();
		}
		for (const frame of frames) frame.close();
	}
	return all;
}

function picture(seed: number): Frame {
	const bytes = (_: unknown, i: number) => (i % 4 === 3 ? 255 : (i * 3 + seed * 41 + (i >> 6)) & 255);
	return new Frame({ width: 32, height: 32 }, Uint8Array.from({ length: 32 * 32 * 4 }, bytes));
}

test("as in Scope each four frames begin as new, with black and white of their own", async () => {
	const scope = { continuous: false, normalise: "chunk" } as const;
	const after = await depths([1, 2, 3, 4, 5, 6, 7, 8], scope);
	const alone = await depths([5, 6, 7, 8], scope);
	expect(after.slice(4)).toEqual(alone);
	const greys = new Set(alone.flatMap((frame) => [...Buffer.from(frame, "base64")].filter((_, i) => i % 4 === 0)));
	expect([greys.has(0), greys.has(255)]).toEqual([true, true]);
});

test("a continuous stream remembers the frames before, as many as it is asked to", async () => {
	const [after, alone, longer] = [
		await depths([1, 2, 3, 4, 5, 6, 7, 8], { normalise: "chunk" }),
		await depths([5, 6, 7, 8], { normalise: "chunk" }),
		await depths([1, 2, 3, 4, 5, 6, 7, 8], { normalise: "chunk", memory: 3 }),
	];
	expect(after.slice(4)).not.toEqual(alone);
	expect(after).not.toEqual(longer);
	// Nothing lies before the first two frames that only a longer memory holds.
	const [one] = await depths([1], { normalise: "chunk" });
	expect(await depths([1], { normalise: "chunk", memory: 3 })).toEqual([one]);
});

test("a range is what there was, and goes a share of the way to what there is", () => {
	const range = rangeOf([new Float32Array([1, 5]), new Float32Array([3])]);
	expect(range).toEqual({ low: 1, high: 5 });
	expect(towards(undefined, range, 0.1)).toBe(range);
	expect(towards({ low: 0, high: 4 }, range, 0.5)).toEqual({ low: 0.5, high: 4.5 });
});

test("depths become greys between the ends of the range, and black where all are the same", () => {
	const bytes = new Uint8Array(12);
	paint(new Float32Array([1, 3, 9]), { low: 1, high: 5 }, bytes);
	expect([...bytes]).toEqual([0, 0, 0, 255, 128, 128, 128, 255, 255, 255, 255, 255]);
	paint(new Float32Array([2, 2, 2]), { low: 2, high: 2 }, bytes);
	expect([...bytes]).toEqual([0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255]);
});
