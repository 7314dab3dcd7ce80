import fc from "fast-check";
import type { Dim } from "mutoscope/inference";
import { describe, expect, test } from "vitest";
import { addDims, exactDiv, floorDiv, mulDims, normalise, subDims } from "../../../../src/inference/graph/dims.ts";
import { lengthOf } from "./computed.ts";

const table: readonly [Dim, Dim][] = [
	["tokens", "tokens"],
	["tokens + past", "past+tokens"],
	["past+tokens-past", "tokens"],
	["3*tokens", "3*tokens"],
	["tokens*3+tokens", "4*tokens"],
	["2*(a+b)*c", "2*a*c+2*b*c"],
	["a-a", 0],
	["7", 7],
	["4*a/2", "2*a"],
	["(a+5)/2", "floor((a+5)/2)"],
	["floor((2*a+5)/2)", "a+2"],
	["floor((height-1)/2)+1", "floor((height-1)/2)+1"],
	["floor((floor((h-1)/2))/2)", "floor((floor((h-1)/2))/2)"],
	["-1+a", "a-1"],
	["blocks.0*2", "2*blocks.0"],
	[12, 12],
];

test.each(table)("%s is %s", (dim, same) => {
	expect(normalise(dim)).toBe(same);
});

const odd: readonly Dim[] = ["", "a b", "a+", "*a", "(a", "a)", "a/b", "a/0", "2a+", "3.5*a", "ä", -1, 0.5, Number.NaN];
test.each(odd)("%s is refused", (dim) => {
	expect(() => normalise(dim)).toThrow(TypeError);
});

test("a quotient is only known where it is exact whatever the names stand for", () => {
	expect(exactDiv("6*a*b", "2*a")).toBe("3*b");
	expect(exactDiv("6*a+4*a*b", "2*a")).toBe("2*b+3");
	expect(exactDiv("a+b", "a+b")).toBe(1);
	expect(exactDiv("a*b", "c")).toBeUndefined();
	expect(exactDiv("3*a", 2)).toBeUndefined();
	expect(exactDiv(12, 5)).toBeUndefined();
	expect(exactDiv("a", 0)).toBeUndefined();
});

const NAMES = ["a", "b", "c"] as const;
const dim: fc.Arbitrary<Dim> = fc.letrec<{ dim: Dim }>((tie) => ({
	dim: fc.oneof(
		{ maxDepth: 4 },
		fc.nat({ max: 9 }),
		fc.constantFrom<Dim>(...NAMES),
		fc.tuple(tie("dim"), tie("dim")).map(([x, y]) => addDims(x, y)),
		fc.tuple(tie("dim"), tie("dim")).map(([x, y]) => subDims(x, y)),
		fc.tuple(tie("dim"), tie("dim")).map(([x, y]) => mulDims(x, y)),
		fc.tuple(tie("dim"), fc.integer({ min: 1, max: 5 })).map(([x, n]) => floorDiv(x, n)),
	),
})).dim;
const names = fc
	.tuple(fc.nat({ max: 12 }), fc.nat({ max: 12 }), fc.nat({ max: 12 }))
	.map((values) => new Map(NAMES.map((name, i) => [name as string, values[i] as number])));

describe("for any lengths, and whatever their names stand for,", () => {
	const law = (check: (x: Dim, y: Dim, at: (dim: Dim) => number, n: number) => void): void =>
		fc.assert(
			fc.property(dim, dim, names, fc.integer({ min: 1, max: 6 }), (x, y, values, n) =>
				check(x, y, (one) => lengthOf(one, values), n),
			),
			{ numRuns: 500 },
		);

	test("sums, differences and products are what they are called", () => {
		law((x, y, at) => {
			expect(at(addDims(x, y))).toBe(at(x) + at(y));
			expect(at(subDims(x, y))).toBe(at(x) - at(y));
			expect(at(mulDims(x, y)) + 0).toBe(at(x) * at(y) + 0);
		});
	});

	test("quotients are rounded down, or exact where they claim to be", () => {
		law((x, y, at, n) => {
			expect(at(floorDiv(x, n))).toBe(Math.floor(at(x) / n));
			const exact = exactDiv(mulDims(x, y), y);
			if (exact !== undefined && at(y) !== 0) expect(at(exact)).toBe(at(x));
		});
	});

	test("a normal form is its own, and the order of a sum does not matter", () => {
		law((x, y) => {
			if (typeof x === "string") expect(normalise(x)).toBe(x);
			expect(addDims(x, y)).toBe(addDims(y, x));
			expect(mulDims(x, y)).toBe(mulDims(y, x));
		});
	});
});
