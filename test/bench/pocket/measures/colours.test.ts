import { expect, test } from "vitest";
import { drawn, edge, type Layout } from "../drawn.ts";
import { type Asked, hueOf, isFigure, isGround, nameOf, type Palette, rolesOf } from "./colours.ts";
import { small } from "./picture.ts";

const PALETTE: Palette = {
	red: [0.93, 0.07, 0.12],
	orange: [1, 0.46, 0],
	yellow: [1, 0.86, 0.05],
	blue: [0.1, 0.22, 0.95],
	purple: [0.5, 0.1, 0.88],
	white: [0.96, 0.96, 0.96],
	black: [0.02, 0.02, 0.02],
};
const SIZE = { width: 128, height: 128 };
const disc: Layout = (x, y) => edge(0.5 - Math.hypot(x, y));
const stripes: Layout = (x) => edge(0.2 * Math.sin(8 * x));

function seen(layout: Layout, shown: [string, string], asked: Partial<Asked>): [boolean, boolean] {
	const picture = small(drawn(SIZE, layout, PALETTE[shown[0]], PALETTE[shown[1]]));
	const whole: Asked = { figure: shown[0], ground: shown[1], style: "plain", share: 0.5, ...asked };
	const roles = rolesOf(picture, whole, PALETTE);
	return [isFigure(roles, whole, PALETTE), isGround(roles, whole, PALETTE)];
}

test("the hue of a colour is in degrees from red over green", () => {
	expect(hueOf([1, 0, 0])).toBe(0);
	expect(hueOf([0, 1, 0])).toBe(120);
	expect(hueOf([0, 0.5, 1])).toBe(210);
	expect(hueOf([1, 0, 0.5])).toBe(330);
});

test("a colour keeps its name in shadow, and has no hue where it is pale", () => {
	expect(nameOf([0.5, 0.23, 0], PALETTE)).toBe("orange");
	expect(nameOf([0.7, 0.68, 0.7], PALETTE)).toBe("white");
	expect(nameOf([0.1, 0.02, 0.02], PALETTE)).toBe("black");
});

test.each([
	["red", "blue"],
	["white", "purple"],
	["orange", "black"],
	["yellow", "orange"],
	["black", "white"],
] as [string, string][])("%s on %s is found in the picture, and other colours are not", (figure, ground) => {
	expect(seen(disc, [figure, ground], { share: 0.2 })).toEqual([true, true]);
	expect(seen(stripes, [figure, ground], {})).toEqual([true, true]);
	const other = figure === "red" ? "yellow" : "red";
	expect(seen(stripes, [figure, ground], { figure: other })[0]).toBe(false);
});

test("colours that stand the wrong way round are wrong where the figure is small, and cannot be told where it is half", () => {
	expect(seen(disc, ["red", "blue"], { figure: "blue", ground: "red", share: 0.2 })).toEqual([false, false]);
	expect(seen(stripes, ["red", "blue"], { figure: "blue", ground: "red" })).toEqual([true, true]);
});

test("ink's black lines are neither figure nor ground", () => {
	const lined = small(drawn(SIZE, stripes, PALETTE.yellow, PALETTE.blue));
	for (let i = 0; i < lined.values.length; i += 3) {
		const [red = 0, , blue = 0] = lined.values.subarray(i, i + 3);
		if (Math.abs(red - blue) < 0.5) lined.values.fill(0, i, i + 3);
	}
	const asked = { figure: "yellow", ground: "blue", style: "ink", share: 0.5 };
	const roles = rolesOf(lined, asked, PALETTE);
	expect([isFigure(roles, asked, PALETTE), isGround(roles, asked, PALETTE)]).toEqual([true, true]);
});

test("neon's ground is dark whatever its hue", () => {
	const glow = small(drawn(SIZE, disc, PALETTE.red, [0.02, 0.04, 0.19]));
	const asked = { figure: "red", ground: "blue", style: "neon", share: 0.2 };
	const roles = rolesOf(glow, asked, PALETTE);
	expect([isFigure(roles, asked, PALETTE), isGround(roles, asked, PALETTE)]).toEqual([true, true]);
});
