import { expect, test } from "vitest";
import { drawn, edge, type Layout } from "./drawn.ts";
import { best, Judge } from "./judge.ts";
import { small } from "./measures/picture.ts";

const SIZE = { width: 128, height: 128 };
const COLOURS: readonly (readonly [readonly number[], readonly number[]])[] = [
	[
		[1, 1, 1],
		[0, 0, 0],
	],
	[
		[0.93, 0.07, 0.12],
		[0.1, 0.22, 0.95],
	],
	[
		[0.1, 0.78, 0.2],
		[1, 0.86, 0.05],
	],
];

const LAYOUTS: Readonly<Record<string, Layout>> = {
	stripes: (x) => edge(0.2 * Math.cos(7.4 * x)),
	checkers: (x, y) => edge(0.2 * Math.sin(5.5 * x) * Math.sin(5.5 * y)),
	rings: (x, y) => edge(0.2 * Math.cos(8 * Math.hypot(x, y))),
	rays: (x, y) => edge(0.2 * Math.sin(6 * Math.atan2(y, x))),
	spiral: (x, y) => edge(0.2 * Math.sin(2 * Math.atan2(y, x) - 7.4 * Math.hypot(x, y))),
};

test.each(Object.keys(LAYOUTS))("the judge knows %s that the world has not drawn, in any colours", async (pattern) => {
	await using judge = await Judge.open();
	for (const [figure, ground] of COLOURS) {
		const picture = small(drawn(SIZE, LAYOUTS[pattern] as Layout, figure, ground));
		expect(best(await judge.look([picture]))).toBe(pattern);
	}
});

test("what it says of pictures is the mean, and adds up to 1", async () => {
	await using judge = await Judge.open();
	const pictures = Object.values(LAYOUTS).map((layout) => small(drawn(SIZE, layout)));
	const verdict = await judge.look(pictures);
	expect(Object.values(verdict).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1);
	const each = await Promise.all(pictures.map((picture) => judge.look([picture])));
	const mean = each.reduce((sum, one) => sum + (one.rings ?? 0), 0) / each.length;
	expect(verdict.rings).toBeCloseTo(mean, 5);
});
