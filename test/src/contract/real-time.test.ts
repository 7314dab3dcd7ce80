import { expect, test } from "vitest";
import { heldOf } from "../../../src/contract/real-time.ts";

const square = (side: number) => ({ width: side, height: side });
const sizes = [square(256), square(192), square(128)];
const realTime = { sizes, fps: 24 };
/** Seconds of a frame that leave exactly as much room as there is to be. */
const JUST = 0.7 / 24;

test("the best size is chosen where it leaves room for others", () => {
	expect(heldOf(realTime, square(256), JUST * 0.99)).toEqual({ ...square(256), fps: 24, holds: true, best: true });
	expect(heldOf(realTime, square(256), JUST / 10)).toMatchObject(square(256));
});

test("a slower machine gets the next size whose pixels it can afford", () => {
	expect(heldOf(realTime, square(256), JUST * 1.01)).toEqual({ ...square(192), fps: 24, holds: true, best: false });
	expect(heldOf(realTime, square(256), JUST * 2)).toMatchObject({ ...square(128), holds: true });
});

test("where none holds it is the smallest, and it is said how fast that is", () => {
	expect(heldOf(realTime, square(256), JUST * 8)).toEqual({ ...square(128), fps: 12, holds: false, best: false });
});

test("a larger picture than was measured has to afford more than its pixels", () => {
	const larger = { sizes: [square(512), square(256)], fps: 24 };
	expect(heldOf(larger, square(256), JUST / 4)).toMatchObject(square(256));
	expect(heldOf(larger, square(256), JUST / 4 ** 1.31)).toMatchObject(square(512));
});

test("a size that is nobody's choice is measured, too", () => {
	expect(heldOf({ sizes: [], fps: 24 }, square(64), JUST)).toEqual({ ...square(64), fps: 24, holds: true, best: true });
});
