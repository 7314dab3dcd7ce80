import { stat } from "node:fs/promises";
import { join } from "node:path";
import { Weights } from "mutoscope/inference";
import { describe, expect, test } from "vitest";
import { zeroKeys } from "../../../../pipelines/wan/dit/bias.ts";
import { Dit } from "../../../../pipelines/wan/dit/dit.ts";
import { keptWithFewBits, withFewBits } from "../../../../pipelines/wan/dit/few-bits.ts";
import { patchify, swapAxes, unpatchify } from "../../../../pipelines/wan/dit/patches.ts";
import { Positions, sinusoid } from "../../../../pipelines/wan/dit/positions.ts";
import { shortened } from "../../../../pipelines/wan/dit/text-keys.ts";
import { LatentHistory } from "../../../../pipelines/wan/latent-history.ts";
import { input } from "../../../golden/recipe.ts";
import { cpu } from "../engine.ts";
import { madeFile, scratch } from "../weights.ts";
import { apart, denoising, SIZE } from "./open.ts";
import { ditShapes } from "./shapes.ts";
import { TINY } from "./tiny.ts";

const counting = (length: number) => Float32Array.from({ length }, (_, i) => i);

describe("patches", () => {
	test("go in by channel, row, column, and tokens along rows", () => {
		const patches = patchify(counting(2 * 2 * 4), { channels: 2, size: { rows: 2, columns: 4 }, patch: 2 });
		expect([...patches.subarray(0, 8)]).toEqual([0, 1, 4, 5, 8, 9, 12, 13]);
		expect([...patches.subarray(8)]).toEqual([2, 3, 6, 7, 10, 11, 14, 15]);
	});

	test("come out by row, column, channel", () => {
		const latents = unpatchify(Float32Array.from([0, 10, 1, 11, 2, 12, 3, 13]), {
			channels: 2,
			size: { rows: 2, columns: 2 },
			patch: 2,
		});
		expect([...latents]).toEqual([0, 1, 2, 3, 10, 11, 12, 13]);
	});

	test("of any size come back as they went in, but for the order within", () => {
		const cut = { channels: 3, size: { rows: 8, columns: 12 }, patch: 4 };
		const latents = counting(2 * 3 * 8 * 12);
		const patches = patchify(latents, cut);
		const at = (frame: number, c: number, y: number, x: number) => ((frame * 3 + c) * 8 + y) * 12 + x;
		const [token, width] = [2 * 3 + 1 * 3 + 2, 3 * 16];
		expect([...patches.subarray(token * width + 16, token * width + 20)]).toEqual(
			[8, 9, 10, 11].map((x) => at(1, 1, 4, x)),
		);
		const swapped = Float32Array.from(patches, (_, i) => {
			const [corner, channel] = [Math.floor((i % width) / 3), i % 3];
			return patches[i - (i % width) + channel * 16 + corner] as number;
		});
		expect(unpatchify(swapped, cut)).toEqual(latents);
	});

	test("have a stamp behind the channels of every frame", () => {
		const cut = { channels: 1, size: { rows: 2, columns: 4 }, patch: 2 };
		const patches = patchify(
			counting(16),
			cut,
			Float32Array.from({ length: 8 }, (_, i) => 100 + i),
		);
		expect([...patches.subarray(0, 8)]).toEqual([0, 1, 4, 5, 100, 101, 104, 105]);
		expect([...patches.subarray(24)]).toEqual([10, 11, 14, 15, 102, 103, 106, 107]);
	});

	test("axes change places, and back", () => {
		const data = counting(24);
		expect([...swapAxes(data, 2, 3).subarray(0, 12)]).toEqual([0, 1, 2, 3, 12, 13, 14, 15, 4, 5, 6, 7]);
		expect(swapAxes(swapAxes(data, 2, 3), 3, 2)).toEqual(data);
	});
});

describe("positions", () => {
	const positions = new Positions(128, { rows: 4, columns: 4 }, 2);

	test("divide a head of 128 into 22 pairs of time, 21 of height and 21 of width", () => {
		const { cos } = positions.of([2]);
		expect(positions.pairs).toBe(64);
		expect(cos[0]).toBeCloseTo(Math.cos(2), 6);
		expect(cos[21]).toBeCloseTo(Math.cos(2 * 10000 ** (-21 / 22)), 6);
		const last = cos.subarray(3 * 64);
		expect(last[22]).toBeCloseTo(Math.cos(1), 6);
		expect(last[43]).toBeCloseTo(Math.cos(1), 6);
		expect(last[63]).toBeCloseTo(Math.cos(10000 ** (-20 / 21)), 6);
	});

	test("a shift turns time only", () => {
		const { cos, sin } = positions.shifts([-3]);
		expect([cos[0], sin[0]]).toEqual([Math.fround(Math.cos(-3)), Math.fround(Math.sin(-3))]);
		expect([cos[22], sin[22], cos[63]]).toEqual([1, 0, 1]);
	});

	test("timesteps in single precision are near those in double", () => {
		const difference = apart(sinusoid([999], 256, "single"), sinusoid([999], 256));
		expect(difference).toBeGreaterThan(0);
		expect(difference).toBeLessThan(6e-5);
	});
});

test("keys of nothing fill whole blocks of 128", () => {
	expect([zeroKeys(2160, 4320), zeroKeys(2160, 2160), zeroKeys(3072, 6144), zeroKeys(4680, 9360)]).toEqual([
		32, 16, 0, 112,
	]);
	expect(zeroKeys(48, 48)).toBe(80);
});

describe("padding of a text", () => {
	const padded = (real: number, rows: number) => new Float32Array(rows * 2).fill(1, 0, real * 2);

	test("is taken together", () => {
		const { embeddings, padding } = shortened(padded(3, 16), 2);
		expect([...embeddings]).toEqual([1, 1, 1, 1, 1, 1, 0, 0]);
		expect(padding).toBe(13);
		expect(shortened(padded(0, 16), 2).padding).toBe(16);
	});

	test("stays where there is little of it, or none", () => {
		for (const real of [16, 15, 12]) {
			expect(shortened(padded(real, 16), 2)).toEqual({ embeddings: padded(real, 16), padding: 1 });
		}
	});
});

describe("a history of latents", () => {
	test("remembers the first frame and the last ones", () => {
		const history = new LatentHistory(2, 3);
		history.add(counting(4));
		history.add(Float32Array.from([4, 5, 6, 7]));
		expect([...history.first]).toEqual([0, 1]);
		expect([...history.last(3)]).toEqual([2, 3, 4, 5, 6, 7]);
		expect([...history.last(1)]).toEqual([6, 7]);
	});

	test("has zeros where nothing was, and after it was cleared", () => {
		const history = new LatentHistory(1, 3);
		history.add(Float32Array.from([5]));
		expect([...history.last(3)]).toEqual([0, 0, 5]);
		history.clear();
		expect([...history.first, ...history.last(2)]).toEqual([0, 0, 0]);
	});
});

describe("few bits", () => {
	test("are made once for the same files", async () => {
		const weights = await Weights.open(await madeFile(new Map(Object.entries(ditShapes(TINY)))));
		const folder = join(await scratch(), "int8");
		const made = await keptWithFewBits(weights, folder, { form: "columns" });
		const { file } = made.get("blocks.0.ffn.0.weight.int8");
		const { mtimeMs } = await stat(file);
		const again = await keptWithFewBits(weights, folder, { form: "columns" });
		expect(again.get("blocks.0.ffn.0.weight.int8")).toEqual(made.get("blocks.0.ffn.0.weight.int8"));
		expect((await stat(file)).mtimeMs).toBe(mtimeMs);
		expect(made.has("blocks.0.ffn.0.weight")).toBe(false);
		expect(made.get("head.head.weight")).toEqual(weights.get("head.head.weight"));
	});

	const config = { ...TINY, dim: 96, ffn: 128 };

	test.each([
		["8 in columns", { form: "columns" } as const, 0.05],
		["8 in blocks", { form: "blocks", bits: 8, block: 32 } as const, 0.05],
		["4 in blocks", { form: "blocks", bits: 4, block: 32 } as const, 0.4],
	])("%s answer nearly the same", async (_, how, limit) => {
		const engine = await cpu();
		const weights = await Weights.open(await madeFile(new Map(Object.entries(ditShapes(config)))));
		const small = await withFewBits(weights, join(await scratch(), "small.safetensors"), how);
		const answer = async (one: Weights) => {
			await using dit = new Dit(engine, { config, weights: one, size: SIZE });
			using text = await dit.read(input("ctxA", [1, TINY.textLength, TINY.textDim]));
			return (await dit.forward(denoising(text))).flow;
		};
		const [whole, rounded] = [await answer(weights), await answer(small)];
		const norm = (values: readonly number[]) => Math.hypot(...values);
		const error = norm([...whole].map((value, i) => value - (rounded[i] as number))) / norm([...whole]);
		expect(error).toBeGreaterThan(0);
		expect(error).toBeLessThan(limit);
	});
});
