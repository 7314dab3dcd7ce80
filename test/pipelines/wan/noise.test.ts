import { expect, test } from "vitest";
import { Noise } from "../../../pipelines/wan/noise.ts";
import { philox } from "../../../pipelines/wan/philox.ts";

// Known answers of Random123 1.14 (kat_vectors, "philox4x32 10").
test.each([
	[
		[0, 0, 0, 0],
		[0, 0],
		[0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
	],
	[
		[0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
		[0xffffffff, 0xffffffff],
		[0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
	],
	[
		[0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
		[0xa4093822, 0x299f31d0],
		[0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
	],
] as const)("philox of %j under %j is known", (counter, key, words) => {
	const state = Uint32Array.from(counter);
	philox(state, key);
	expect([...state]).toEqual(words);
});

test("the same seed and chunk give the same numbers, another seed, chunk or draw others", async () => {
	const draws = async (seed: number, start: number) => {
		const noise = new Noise(seed, start);
		return [await noise.draw(8), await noise.draw(8)].map(String);
	};
	expect(await draws(42, 3)).toEqual(await draws(42, 3));
	const others = [await draws(42, 0), await draws(42, 3), await draws(43, 0), await draws(2 ** 32 + 42, 0)];
	expect(new Set(others.flat()).size).toBe(8);
});

test("these numbers never change: recordings of a seed can be made again", async () => {
	expect([...(await new Noise(42, 0).draw(5))]).toMatchInlineSnapshot(`
		[
		  -0.9701898097991943,
		  0.19401895999908447,
		  -1.2356207370758057,
		  1.9239267110824585,
		  -0.07318150997161865,
		]
	`);
});

test("a draw's beginning does not depend on its length", async () => {
	const [short, long] = [await new Noise(1, 0).draw(30_001), await new Noise(1, 0).draw(60_000)];
	expect(short).toEqual(long.subarray(0, 30_001));
});

test("the numbers are normal: mean 0, variance 1, no skew, tails as they should be", async () => {
	const values = await new Noise(7, 0).draw(400_000);
	const moment = (power: number) => values.reduce((sum, x) => sum + x ** power, 0) / values.length;
	expect(Math.abs(moment(1))).toBeLessThan(0.006);
	expect(Math.abs(moment(2) - 1)).toBeLessThan(0.01);
	expect(Math.abs(moment(3))).toBeLessThan(0.02);
	expect(Math.abs(moment(4) - 3)).toBeLessThan(0.06);
});
