import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { orbiumPatch } from "../../../plugins/cellular-automata/creature.ts";
import { randomFrom } from "../../../plugins/cellular-automata/random.ts";
import { LENIA } from "../../../plugins/cellular-automata/rules/species.ts";
import type { Edges } from "../../../plugins/cellular-automata/systems/automaton.ts";
import { DirectConvolution, FourierConvolution } from "../../../plugins/cellular-automata/systems/convolution.ts";
import { Fft, fastLength } from "../../../plugins/cellular-automata/systems/fft.ts";
import { Lenia, ringKernel } from "../../../plugins/cellular-automata/systems/lenia.ts";
import { Reaction, type ReactionRule } from "../../../plugins/cellular-automata/systems/reaction.ts";
import { naiveReaction } from "./naive.ts";

const edges = fc.constantFrom<Edges>("wrap", "walls");
const lengths = fc.constantFrom(1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 15, 20, 25, 27, 30, 36, 45, 48, 60, 64, 90, 100, 180);

describe("the Fourier transform", () => {
	test("is the sum that defines it, to 1e-9", () => {
		fc.assert(
			fc.property(lengths, fc.integer(), (length, seed) => {
				const random = randomFrom(seed);
				const re = Float64Array.from({ length }, () => random() - 0.5);
				const im = Float64Array.from({ length }, () => random() - 0.5);
				const [outRe, outIm] = [re.slice(), im.slice()];
				new Fft(length).transform(outRe, outIm, 0);
				for (let k = 0; k < length; k++) {
					let [a, b] = [0, 0];
					for (let n = 0; n < length; n++) {
						const [cos, sin] = [Math.cos((2 * Math.PI * k * n) / length), -Math.sin((2 * Math.PI * k * n) / length)];
						a += (re[n] as number) * cos - (im[n] as number) * sin;
						b += (re[n] as number) * sin + (im[n] as number) * cos;
					}
					expect(Math.abs((outRe[k] as number) - a)).toBeLessThan(1e-9);
					expect(Math.abs((outIm[k] as number) - b)).toBeLessThan(1e-9);
				}
			}),
			{ numRuns: 60 },
		);
	});

	test.each([
		[1, 1],
		[7, 8],
		[11, 12],
		[97, 100],
		[320, 320],
		[321, 324],
	])("the next length from %i that it takes is %i", (from, to) => {
		expect(fastLength(from)).toBe(to);
	});

	test("refuses a length with another prime", () => {
		expect(() => new Fft(14)).toThrow(TypeError);
	});
});

describe("convolution", () => {
	test("by spectra is the one by sums, to 1e-6, with and without walls, odd sizes too", () => {
		const sizes = fc.record({ width: fc.constantFrom(15, 16, 25, 27, 30), height: fc.constantFrom(9, 15, 20, 24, 25) });
		fc.assert(
			fc.property(sizes, fc.integer({ min: 2, max: 9 }), edges, fc.integer(), (size, radius, walls, seed) => {
				const random = randomFrom(seed);
				const kernel = ringKernel({ radius, rings: [1, 0.5] });
				const cells = Float32Array.from({ length: size.width * size.height }, random);
				const [sums, spectra] = [cells.slice(), cells.slice()];
				new DirectConvolution(size, kernel, walls).apply(cells, sums);
				new FourierConvolution(size, kernel, walls).apply(cells, spectra);
				for (const [i, sum] of sums.entries()) expect(Math.abs((spectra[i] as number) - sum)).toBeLessThan(1e-6);
			}),
			{ numRuns: 60 },
		);
	});
});

describe("Lenia", () => {
	test("a kernel weighs 1 in all, and nothing in the middle and at the rim", () => {
		const { weights } = ringKernel({ radius: 13, rings: [1] });
		expect(weights.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
		expect(weights[13 * 27 + 13]).toBe(0);
		expect(weights[13 * 27 + 26]).toBe(0);
	});

	test("one step is A + dt G(K ∗ A), clipped", () => {
		const rule = { radius: 3, rings: [1], mu: 0.15, sigma: 0.015, dt: 0.1 };
		const size = { width: 20, height: 15 };
		const world = new Lenia(size, rule, "wrap");
		const random = randomFrom(1);
		for (let i = 0; i < 300; i++) world.sow(i, random());
		const before = world.levels.slice();
		const around = before.slice();
		new DirectConvolution(size, ringKernel(rule), "wrap").apply(before, around);
		world.step();
		for (let i = 0; i < 300; i++) {
			const growth = 2 * Math.exp(-(((around[i] as number) - 0.15) ** 2) / (2 * 0.015 ** 2)) - 1;
			expect(world.levels[i]).toBeCloseTo(Math.min(1, Math.max(0, (before[i] as number) + 0.1 * growth)), 5);
		}
	});

	/** Mass, and where its middle is on the torus. */
	function massOf({ levels, size: { width, height } }: Lenia): [mass: number, x: number, y: number] {
		let [mass, sinX, cosX, sinY, cosY] = [0, 0, 0, 0, 0];
		for (const [i, level] of levels.entries()) {
			const [x, y] = [(2 * Math.PI * (i % width)) / width, (2 * Math.PI * Math.floor(i / width)) / height];
			mass += level;
			sinX += level * Math.sin(x);
			cosX += level * Math.cos(x);
			sinY += level * Math.sin(y);
			cosY += level * Math.cos(y);
		}
		return [mass, (Math.atan2(sinX, cosX) * width) / 2 / Math.PI, (Math.atan2(sinY, cosY) * height) / 2 / Math.PI];
	}

	test.each([0, 0.4, 0.8])(
		"Orbium (R 13, μ 0.15, σ 0.015, dt 0.1) keeps its shape and moves on, from patch %f",
		(draw) => {
			const side = 64;
			const world = new Lenia({ width: side, height: side }, LENIA.orbium, "wrap");
			orbiumPatch({ radius: 13, angle: 1, draw }, (x, y, level) => world.sow((32 + y) * side + 32 + x, level));
			for (let i = 0; i < 200; i++) world.step();
			const [mass, x, y] = massOf(world);
			for (let i = 0; i < 20; i++) world.step();
			const [later, u, v] = massOf(world);
			const shorter = (way: number) => ((way + 1.5 * side) % side) - side / 2;
			expect(mass).toBeGreaterThan(60);
			expect(Math.abs(later - mass) / mass).toBeLessThan(0.05);
			expect(Math.hypot(shorter(u - x), shorter(v - y))).toBeGreaterThan(8);
		},
	);

	test("nothing comes of nothing", () => {
		const world = new Lenia({ width: 32, height: 32 }, LENIA.orbium, "wrap");
		for (let i = 0; i < 20; i++) world.step();
		expect(world.levels.every((level) => level === 0)).toBe(true);
	});
});

describe("Gray-Scott", () => {
	const even: ReactionRule = {
		feed: 0.03,
		kill: 0.055,
		feedRange: 0,
		killRange: 0,
		phase: 0,
		spreadU: 1,
		spreadV: 0.5,
	};

	test("is the reference in float64, to 1e-12", () => {
		const rules = fc.record({
			feed: fc.double({ min: 0, max: 0.1, noNaN: true }),
			kill: fc.double({ min: 0, max: 0.07, noNaN: true }),
			spreadU: fc.double({ min: 0.1, max: 1, noNaN: true }),
			spreadV: fc.double({ min: 0.1, max: 1, noNaN: true }),
		});
		const sizes = fc.record({ width: fc.integer({ min: 1, max: 17 }), height: fc.integer({ min: 1, max: 13 }) });
		fc.assert(
			fc.property(sizes, rules, edges, fc.integer(), (size, rule, walls, seed) => {
				const random = randomFrom(seed);
				const length = size.width * size.height;
				let u = Float64Array.from({ length }, random);
				let v = Float64Array.from({ length }, () => random() / 2);
				const world = new Reaction(size, { ...even, ...rule }, walls, 3);
				for (let i = 0; i < length; i++) world.set(i, u[i] as number, v[i] as number);
				world.step();
				for (let i = 0; i < 3; i++) [u, v] = naiveReaction(u, v, size, rule, walls) as [typeof u, typeof v];
				for (let i = 0; i < length; i++) {
					const [a, b] = world.at(i);
					expect(Math.abs(a - (u[i] as number))).toBeLessThan(1e-12);
					expect(Math.abs(b - (v[i] as number))).toBeLessThan(1e-12);
				}
			}),
			{ numRuns: 60 },
		);
	});

	test("without feed and kill, U and V together stay the same however they mix", () => {
		const size = { width: 24, height: 18 };
		for (const walls of ["wrap", "walls"] as const) {
			const world = new Reaction(size, { ...even, feed: 0, kill: 0 }, walls);
			const random = randomFrom(2);
			for (let i = 0; i < 432; i++) world.set(i, random(), random());
			const total = () =>
				Array.from({ length: 432 }, (_, i) => world.at(i)[0] + world.at(i)[1]).reduce((a, b) => a + b);
			const before = total();
			for (let i = 0; i < 20; i++) world.step();
			expect(total()).toBeCloseTo(before, 8);
		}
	});

	test("rests where theory says, U = (1 − √(1 − 4(F + k)²/F)) / 2 and V = F(1 − U)/(F + k)", () => {
		const [feed, kill] = [0.04, 0.05];
		const world = new Reaction({ width: 8, height: 8 }, { ...even, feed, kill }, "wrap");
		const u = (1 - Math.sqrt(1 - (4 * (feed + kill) ** 2) / feed)) / 2;
		const v = (feed * (1 - u)) / (feed + kill);
		for (let i = 0; i < 64; i++) world.set(i, u, v);
		for (let i = 0; i < 10; i++) world.step();
		for (let i = 0; i < 64; i++) {
			expect(world.at(i)[0]).toBeCloseTo(u, 9);
			expect(world.at(i)[1]).toBeCloseTo(v, 9);
		}
	});

	test("a landscape differs by no more than its range, and is even where the range is 0", () => {
		const size = { width: 40, height: 30 };
		const worlds = [0, 0.01].map((feedRange) => new Reaction(size, { ...even, feedRange, phase: 0.3 }, "wrap", 1));
		const food = worlds.map((world) => {
			for (let i = 0; i < 1200; i++) world.set(i, 0, 0);
			world.step();
			return Array.from({ length: 1200 }, (_, i) => world.at(i)[0]);
		});
		expect(new Set(food[0]).size).toBe(1);
		for (const value of food[1] ?? []) expect(Math.abs(value - even.feed)).toBeLessThanOrEqual(0.01);
		expect(Math.max(...(food[1] ?? [])) - Math.min(...(food[1] ?? []))).toBeGreaterThan(0.01);
	});
});
