import { afterAll, beforeAll, expect, test } from "vitest";
import type { LowRank } from "../../../../pipelines/wan/dit/adapters.ts";
import { input } from "../../../golden/recipe.ts";
import { apart, type Bench, denoising, openBench } from "./open.ts";
import { ditShapes } from "./shapes.ts";
import { TINY } from "./tiny.ts";

let bench: Bench;
beforeAll(async () => {
	bench = await openBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

const shapes = ditShapes(TINY);

function lowRank(module: string, rank: number, scale = 0.5): LowRank {
	const [outputs = 0, inputs = 0] = shapes[`${module}.weight`] as readonly number[];
	return {
		rank,
		down: input(`${module}.down`, [rank, inputs]),
		up: input(`${module}.up`, [outputs, rank]),
		scale: new Float32Array(rank).fill(scale),
	};
}

const MODULES = ["blocks.0.self_attn.q", "blocks.1.self_attn.q", "blocks.1.ffn.2", "head.head", "time_embedding.0"];

test("without adapters, and once they are taken away, it is the very same model", async () => {
	await using plain = await bench.open();
	await using room = await bench.open({ lora: true });
	const { flow } = await plain.dit.forward(denoising(plain.text));
	expect((await room.dit.forward(denoising(room.text))).flow).toEqual(flow);
	room.dit.adapt((adapters) => adapters.set(new Map(MODULES.map((module) => [module, lowRank(module, 3)]))));
	expect(apart((await room.dit.forward(denoising(room.text))).flow, flow)).toBeGreaterThan(0.01);
	room.dit.adapt((adapters) => adapters.set(new Map()));
	expect((await room.dit.forward(denoising(room.text))).flow).toEqual(flow);
});

test("a scale of 0 is as good as no adapter, and scales may be turned at any time", async () => {
	await using plain = await bench.open();
	await using room = await bench.open({ lora: true });
	const { flow } = await plain.dit.forward(denoising(plain.text));
	room.dit.adapt((adapters) => adapters.set(new Map(MODULES.map((module) => [module, lowRank(module, 2)]))));
	const full = (await room.dit.forward(denoising(room.text))).flow;
	const turn = (scale: number) =>
		room.dit.adapt((adapters) => adapters.scale(new Map(MODULES.map((m) => [m, new Float32Array(2).fill(scale)]))));
	turn(0);
	expect(apart((await room.dit.forward(denoising(room.text))).flow, flow)).toBeLessThan(1e-6);
	turn(0.5);
	expect((await room.dit.forward(denoising(room.text))).flow).toEqual(full);
});

test("layers of a kind may have adapters of different ranks, or none", async () => {
	const one = async (ranks: readonly number[]) => {
		await using room = await bench.open({ lora: true });
		const layers = ranks.flatMap((rank, i) => {
			const module = `blocks.${i}.self_attn.q`;
			const whole = lowRank(module, 4);
			return rank === 0 ? [] : [[module, rank === 4 ? whole : first(whole, rank)] as const];
		});
		room.dit.adapt((adapters) => adapters.set(new Map(layers)));
		return (await room.dit.forward(denoising(room.text))).flow;
	};
	const [mixed, even, none] = [await one([2, 4]), await one([4, 4]), await one([0, 4])];
	expect(apart(mixed, even)).toBeGreaterThan(1e-3);
	expect(apart(mixed, none)).toBeGreaterThan(1e-3);
});

test("a scale for a layer without an adapter is refused", async () => {
	await using room = await bench.open({ lora: true });
	const wrong = () => room.dit.adapt((adapters) => adapters.scale(new Map([["head.head", new Float32Array(1)]])));
	expect(wrong).toThrow(RangeError);
});

/** The first ranks of an adapter. */
function first({ rank, down, up, scale }: LowRank, kept: number): LowRank {
	return {
		rank: kept,
		down: down.subarray(0, (down.length / rank) * kept),
		up: up.filter((_, i) => i % rank < kept),
		scale: scale.subarray(0, kept),
	};
}
