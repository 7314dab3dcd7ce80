import { expect, test } from "vitest";
import { NoiseController } from "../../../pipelines/wan/noise-controller.ts";

/** Frames of one level each. */
const video = (...levels: number[]) => levels.map((level) => new Float32Array(12).fill(level));

test("a still picture gets much noise, a moving one little, and the hand a tenth of a say", () => {
	expect(new NoiseController(3).next(video(0, 0, 0, 0), 0.7)).toBeCloseTo(0.79);
	expect(new NoiseController(3).next(video(0, 0, 0, 1), 0.7)).toBeCloseTo(0.61);
	expect(new NoiseController(3).next(video(0, 0, 0, 1), 0)).toBeCloseTo(0.54);
	expect(new NoiseController(3).next(video(0, 0, 0, 0.1), 0.7)).toBeCloseTo(0.9 * 0.7 + 0.07);
});

test("only the last frames of a chunk are looked at", () => {
	expect(new NoiseController(3).next(video(1, -1, 0, 0, 0, 0), 0.7)).toBeCloseTo(0.79);
});

test("a chunk is compared with the end of the chunk before, until it is forgotten", () => {
	const controller = new NoiseController(1);
	expect(controller.next(video(0, 0), 0.7)).toBeCloseTo(0.79);
	expect(controller.next(video(1, 1), 0.7)).toBeCloseTo(0.61);
	controller.reset();
	expect(controller.next(video(0, 0), 0.7)).toBeCloseTo(0.79);
});

test("the remembered frame is its own: the caller may use its memory again", () => {
	const controller = new NoiseController(1);
	const chunk = video(0, 0);
	controller.next(chunk, 0.7);
	chunk[1]?.fill(1);
	expect(controller.next(chunk, 0.7)).toBeCloseTo(0.61);
});
