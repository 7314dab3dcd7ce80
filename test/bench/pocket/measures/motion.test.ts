import { expect, test } from "vitest";
import { drawn, edge, type Layout } from "../drawn.ts";
import { type Grey, MOTIONS, rateOf } from "./motion.ts";
import { small } from "./picture.ts";
import { isPulse } from "./pulse.ts";

const SIZE = { width: 64, height: 64 };

const STILL: Layout = (x, y) => 0.5 + 0.25 * (Math.sin(7 * x + 1) + Math.sin(5 * y + 3 * x));

function greys(count: number, layout: (frame: number) => Layout): Grey[] {
	return Array.from({ length: count }, (_, frame) => {
		const { width, height, values } = small(drawn(SIZE, layout(frame)));
		return { width, height, values: values.filter((_, i) => i % 3 === 0) };
	});
}

/** What is seen `frame` frames later, where everything moves by `rate` a frame as the word says. */
function moved(motion: string, rate: number, centre = { x: 0, y: 0 }): (frame: number) => Layout {
	const [generator, sign] = MOTIONS[motion] as (typeof MOTIONS)[string];
	return (frame) => {
		const far = sign * rate * frame;
		if (generator === "across") return (x, y) => STILL(x - far, y);
		if (generator === "down") return (x, y) => STILL(x, y - far);
		if (generator === "zoom") {
			return (x, y) => STILL((x - centre.x) / Math.exp(far), (y - centre.y) / Math.exp(far));
		}
		return (x, y) => {
			const [cos, sin] = [Math.cos(far), Math.sin(far)];
			const [a, b] = [x - centre.x, y - centre.y];
			return STILL(a * cos + b * sin, b * cos - a * sin);
		};
	};
}

test.each(Object.keys(MOTIONS))("the rate of what moves %s is found, and its sign", (motion) => {
	const [generator, sign] = MOTIONS[motion] as (typeof MOTIONS)[string];
	const slow = sign * rateOf(greys(12, moved(motion, 0.01)), generator);
	const fast = sign * rateOf(greys(12, moved(motion, 0.03)), generator);
	expect(slow).toBeCloseTo(0.01, 3);
	expect(fast).toBeGreaterThan(0.025);
});

test("what turns around another middle is measured around that middle", () => {
	const centre = { x: 0.3, y: -0.2 };
	expect(rateOf(greys(12, moved("clockwise", 0.02, centre)), "turn", centre)).toBeCloseTo(0.02, 3);
});

test("tilted stripes have a rate across and one down", () => {
	const stripes = greys(12, (frame) => (x, y) => 0.5 + 0.5 * Math.sin(6 * (x - 0.02 * frame) + 3 * y));
	expect(rateOf(stripes, "across")).toBeGreaterThan(0.015);
	expect(rateOf(stripes, "down")).toBeGreaterThan(0.015);
});

test("nothing moves in one picture, or in pictures of one colour", () => {
	expect(
		rateOf(
			greys(1, () => STILL),
			"across",
		),
	).toBe(0);
	expect(
		rateOf(
			greys(4, () => () => 0.5),
			"turn",
		),
	).toBe(0);
});

test("a disc that grows and shrinks pulses, one that moves does not", () => {
	const disc =
		(radius: number, at: number): Layout =>
		(x, y) =>
			edge(radius - Math.hypot(x - at, y));
	const pulsing = greys(24, (frame) => disc(0.5 + 0.2 * Math.sin((2 * Math.PI * frame) / 24), 0));
	expect(isPulse(pulsing)).toBe(true);
	expect(isPulse(greys(24, (frame) => disc(0.4, -0.3 + 0.02 * frame)))).toBe(false);
});
