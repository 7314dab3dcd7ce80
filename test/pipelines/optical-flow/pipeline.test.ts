import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Frame, FramePool } from "mutoscope/sdk";
import { pipelineContract } from "mutoscope/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FlowStream } from "../../../pipelines/optical-flow/flow.ts";
import definition from "../../../pipelines/optical-flow/index.ts";
import { scaled } from "../../../pipelines/optical-flow/scale.ts";
import { colours } from "../../../pipelines/optical-flow/wheel.ts";
import { writeRaft } from "./weights.ts";

const folder = mkdtempSync(join(tmpdir(), "mutoscope-"));
const made = { small: join(folder, "small.safetensors"), large: join(folder, "large.safetensors") };
beforeAll(async () => {
	for (const size of ["small", "large"] as const) await writeRaft(made[size], size);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.each([
	{ "/size": "small", "/continuous": true },
	{ "/size": "large", "/continuous": false, "/correctRange": true },
] as const)("%o", (values) => {
	const trial = {
		values: { ...values, "/resolution": 128, "/iterations": 2 },
		chunks: 2,
		file: () => made[values["/size"]],
	};
	for (const { name, skip, run } of pipelineContract(definition, trial)) {
		test.skipIf(skip !== undefined)(`it ${name}`, run);
	}
});

/** What is drawn of frames in calls: each frame as text. */
async function drawn(calls: readonly (readonly number[])[], continuous: boolean): Promise<string[][]> {
	const pool = new FramePool();
	const { signal } = new AbortController();
	const params = definition.params.parse({ resolution: 128, iterations: 1 });
	const parts = { compute: { threads: 1 }, file: () => made.small, frame: pool.take.bind(pool), progress: () => {} };
	await using stream = await FlowStream.open({ params, ...parts }, signal);
	const all: string[][] = [];
	for (const seeds of calls) {
		const frames = seeds.map(picture);
		const made = await stream.draw(frames, continuous, signal);
		all.push(made.map(({ data }) => Buffer.from(data).toString("base64")));
		for (const frame of [...frames, ...made]) frame.close();
	}
	return all;
}

const SIZE = { width: 24, height: 16 };

function picture(seed: number): Frame {
	const bytes = (_: unknown, i: number) => (i % 4 === 3 ? 255 : (i * 7 + seed * 29 + (i >> 5)) & 255);
	return new Frame(SIZE, Uint8Array.from({ length: SIZE.width * SIZE.height * 4 }, bytes));
}

test("as in Scope the first of two frames shows what the second does, and one that is alone is black", async () => {
	const [pair = [], alone = []] = await drawn([[1, 2], [3]], false);
	expect(pair[0]).toBe(pair[1]);
	const bytes = Buffer.from(alone[0] as string, "base64");
	expect(bytes.every((byte, i) => byte === (i % 4 === 3 ? 255 : 0))).toBe(true);
});

test("continuous flow is the same however frames are cut into calls, but for the very first", async () => {
	const whole = (await drawn([[1, 2, 3, 4]], true)).flat();
	const single = (await drawn([[1], [2], [3], [4]], true)).flat();
	expect(single.slice(1)).toEqual(whole.slice(1));
	expect(whole[0]).toBe(whole[1]);
	expect(new Set(whole).size).toBe(3);
});

test("directions have the colours of torchvision, as far as they are of the farthest", () => {
	// Left, right, down, up, half as far right, still.
	const flow = new Float32Array([-2, 2, 0, 0, 1, 0, 0, 0, 2, -2, 0, 0]);
	const rgb = [...colours(flow)].filter((_, i) => i % 4 !== 3);
	const rows = Array.from({ length: 6 }, (_, i) => rgb.slice(3 * i, 3 * i + 3));
	expect(rows).toEqual([
		[0, 209, 255],
		[255, 0, 0],
		[255, 229, 0],
		[88, 0, 255],
		[255, 127, 127],
		[255, 255, 255],
	]);
	expect([...colours(new Float32Array([Number.NaN, 1, 0, 0]))].slice(0, 4)).toEqual([255, 255, 255, 255]);
});

test("a picture of the same size stays as it is, and one that is stretched has what lies between", () => {
	const from = Uint8Array.from([0, 0, 0, 255, 100, 100, 100, 255]);
	const same = new Uint8Array(8);
	scaled(from, { width: 2, height: 1 }, same, { width: 2, height: 1 });
	expect(same).toEqual(from);
	const wide = new Uint8Array(16);
	scaled(from, { width: 2, height: 1 }, wide, { width: 4, height: 1 });
	expect([0, 4, 8, 12].map((i) => wide[i])).toEqual([0, 25, 75, 100]);
});
