import { expect, test } from "vitest";
import { drawn, type Layout } from "../drawn.ts";
import { STYLES } from "./style.ts";

const SIZE = { width: 256, height: 256 };
const plasma: Layout = (x, y) => 0.5 + 0.25 * (Math.sin(4 * x + 1) + Math.sin(5 * y + 2 * x));

function scores(layout: Layout, figure: readonly number[], ground: readonly number[]): Record<string, number> {
	const picture = drawn(SIZE, layout, figure, ground);
	return Object.fromEntries(Object.entries(STYLES).map(([name, score]) => [name, score([picture])]));
}

test("colours on the way from night to magenta are the sunset's, green and cyan are not", () => {
	expect(scores(plasma, [0.58, 0.05, 0.52], [0.09, 0.02, 0.22]).sunset).toBeGreaterThan(0.95);
	expect(scores(plasma, [0, 1, 0.3], [0, 0.9, 0.9]).sunset).toBeLessThan(0.1);
});

test("black between round lights is a wall of lamps", () => {
	const wall: Layout = (x, y) => {
		const off = (at: number) => (((((at + 1) * 8) % 1) + 1) % 1) - 0.5;
		return Math.hypot(off(x), off(y)) < 0.4 ? plasma(x, y) : 0;
	};
	expect(scores(wall, [1, 1, 1], [0, 0, 0]).lamps).toBeGreaterThan(0.9);
	expect(Math.abs(scores(plasma, [1, 1, 1], [0, 0, 0]).lamps ?? 1)).toBeLessThan(0.1);
});

test("dark edges of upright bars are fluted glass", () => {
	const glass: Layout = (x, y) => plasma(x, y) * (0.25 + 0.75 * Math.sin((((x + 1) * 4) % 1) * Math.PI));
	expect(scores(glass, [1, 1, 1], [0, 0, 0]).reeds).toBeGreaterThan(0.25);
	expect(Math.abs(scores(plasma, [1, 1, 1], [0, 0, 0]).reeds ?? 1)).toBeLessThan(0.1);
});
