import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { StampForm } from "../../../../pipelines/wan/dit/config.ts";
import { readConfig } from "../../../../pipelines/wan/dit/config-file.ts";
import { Dit } from "../../../../pipelines/wan/dit/dit.ts";
import { type StampKeys, stampChannels, stampKeys, stampOf } from "../../../../pipelines/wan/dit/stamp.ts";
import { philox } from "../../../../pipelines/wan/philox.ts";
import { sliding } from "../../../../pipelines/wan/policy/sliding.ts";
import { input } from "../../../golden/recipe.ts";
import { cpu } from "../engine.ts";
import { TINY_POCKET, written } from "../tiny-models.ts";
import { madeWeights, scratch } from "../weights.ts";
import { apart } from "./open.ts";
import { ditShapes, vaceShapes } from "./shapes.ts";

const FORM: StampForm = { shift: 0.3, scale: 0.25, turn: 0.35, octaves: 3, arms: 4 };
const KEYS: StampKeys = [0.5, -0.25, 0.75, -1];

describe("a stamp", () => {
	test("says the keys, the place as seen from them, and its waves", () => {
		const [rows, columns] = [4, 6];
		const stamp = stampOf(FORM, KEYS, { rows, columns });
		expect(stamp.length).toBe(34 * rows * columns);
		for (const [row, column] of [
			[0, 0],
			[1, 4],
			[3, 5],
		] as const) {
			// As complex numbers: turned by e^(-i·turn·k₃), the other way round than the view.
			const [x, y] = [(column + 0.5 - 3) / 2 - 0.15, (row + 0.5 - 2) / 2 + 0.075];
			const [radius, angle] = [Math.hypot(x, y) / Math.exp(0.1875), Math.atan2(y, x) + 0.35];
			const q = [radius * Math.cos(angle), radius * Math.sin(angle)] as const;
			const waves = [1, 2, 4].flatMap((n) =>
				q.flatMap((at) => [Math.sin(n * Math.PI * at), Math.cos(n * Math.PI * at)]),
			);
			const rings = [1, 2, 4].flatMap((n) => [Math.sin(n * Math.PI * radius), Math.cos(n * Math.PI * radius)]);
			const rays = [1, 2, 3, 4].flatMap((n) => [Math.sin(n * angle), Math.cos(n * angle)]);
			const polar = [radius, Math.log(radius + 0.1), ...rings, ...rays];
			const said = Array.from({ length: 34 }, (_, channel) => stamp[(channel * rows + row) * columns + column]);
			expect(apart(said as number[], [...KEYS, ...q, ...waves, ...polar])).toBeLessThan(1e-6);
		}
	});

	test("has keys from -1 to 1 that are those of the seed, and of no noise", () => {
		expect(stampKeys(42)).toEqual(stampKeys(42));
		const words = Uint32Array.of(0, 0, 0, 1);
		philox(words, [42, 0]);
		expect(stampKeys(42)[3]).toBeCloseTo(((words[3] as number) + 0.5) / 2147483648 - 1, 12);
		const large = Uint32Array.of(0, 0, 0, 1);
		philox(large, [42, 3]);
		expect(stampKeys(3 * 2 ** 32 + 42)[0]).toBeCloseTo(((large[0] as number) + 0.5) / 2147483648 - 1, 12);
		const all = Array.from({ length: 500 }, (_, seed) => stampKeys(seed)).flat();
		expect(Math.max(...all.map(Math.abs))).toBeLessThan(1);
		expect(Math.abs(all.reduce((sum, key) => sum + key) / all.length)).toBeLessThan(0.05);
		expect(new Set(all).size).toBe(all.length);
	});

	test("is not there without a form", () => {
		expect(stampChannels(undefined)).toBe(0);
		expect(stampChannels(FORM)).toBe(34);
	});
});

describe("a model's own description", () => {
	const read = async (said: object) => {
		const file = join(await scratch(), "config.json");
		await writeFile(file, JSON.stringify(said));
		return readConfig(file);
	};

	test("says its patch, its stamp, what it predicts and how far it sees", async () => {
		const said = { ...written(TINY_POCKET), predicts: "clean", window: 4 };
		expect(await read(said)).toEqual({ ...TINY_POCKET, predicts: "clean", window: 4 });
	});

	test("is Wan's where it says nothing of these", async () => {
		const { patch: _, ...said } = written({ ...TINY_POCKET, inChannels: 16 }) as { patch: number; stamp: object };
		const { stamp: __, ...plain } = said;
		const { stamp, ...config } = await read(plain);
		expect(stamp).toBeUndefined();
		expect(config).toMatchObject({ patch: 2, inChannels: 16, predicts: "flow" });
	});

	test("is refused where the channels do not add up", async () => {
		await expect(read({ ...written(TINY_POCKET), in_dim: 34 })).rejects.toMatchObject({ code: "wan/config" });
		await expect(read({ ...written(TINY_POCKET), stamp: { shift: 1 } })).rejects.toMatchObject({ code: "wan/config" });
	});
});

test("every pass sees the stamp, and VACE's branch with it", async () => {
	const engine = await cpu();
	const config = { ...TINY_POCKET, layers: 2 };
	const weights = await madeWeights(new Map(Object.entries({ ...ditShapes(config), ...vaceShapes(config, 1) })));
	const size = { rows: 8, columns: 8 };
	const policy = sliding({ window: 3, sink: 0 });
	await using dit = new Dit(engine, { config, weights, size, policy, vace: { weights, layers: [0] } });
	using text = await dit.read(input("text", [config.textLength, config.textDim]));
	const latents = input("latents", [1, 16, 8, 8]);
	const vace = { context: input("context", [1, 96, 8, 8]), scale: 1 };
	const flow = async (first: StampKeys, then: StampKeys, guide?: typeof vace) => {
		dit.reset();
		const pass = { frames: 1, kind: "clean" } as const;
		await dit.forward({ latents, timesteps: 0, text, keys: first, pass: { ...pass, start: 0 } });
		const next = { latents, timesteps: 500, text, keys: then, ...(guide && { vace: guide }) };
		return (await dit.forward({ ...next, pass: { start: 1, frames: 1, kind: "denoise" } })).flow;
	};
	const plain = await flow(KEYS, KEYS);
	expect(plain.length).toBe(16 * 64);
	expect(await flow(KEYS, KEYS)).toEqual(plain);
	expect(await flow([0.4, -0.25, 0.75, -1], KEYS)).not.toEqual(plain);
	expect(await flow(KEYS, [0.4, -0.25, 0.75, -1])).not.toEqual(plain);
	const guided = await flow(KEYS, KEYS, vace);
	expect(guided).not.toEqual(plain);
	expect(await flow(KEYS, KEYS, { ...vace, scale: 0 })).toEqual(plain);
	await expect(
		dit.forward({ latents, timesteps: 0, text, pass: { start: 2, frames: 1, kind: "clean" } }),
	).rejects.toThrow(/where its world/);
});
