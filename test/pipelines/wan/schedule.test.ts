import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addNoise, Schedule, toClean } from "../../../pipelines/wan/schedule.ts";
import { firstStepOf, timestepsOf, videoSteps } from "../../../pipelines/wan/schedule-steps.ts";

describe("a schedule", () => {
	test.each([
		[5, 750, 625, 0.75000006],
		[5, 690, 692, 0.6899642],
		[5, 500, 833, 0.50059956],
		[5, 250, 937, 0.25159743],
		[8, 750, 727, 0.7502577],
		[8, 500, 889, 0.4997186],
		[8, 200, 970, 0.1983471],
	])("with shift %d looks timestep %d up in row %d, σ %d", (shift, timestep, row, sigma) => {
		const schedule = new Schedule(shift);
		expect(schedule.row(timestep)).toBe(row);
		expect(schedule.sigma(timestep)).toBeCloseTo(sigma, 6);
	});

	test("is not noiseless at timestep 0, nor below", () => {
		const schedule = new Schedule(5);
		expect(schedule.sigma(0)).toBeCloseTo(5 / 1004, 8);
		expect(schedule.sigma(-50)).toBe(schedule.sigma(0));
	});

	test("takes the first of two rows that are as near", () => {
		const schedule = new Schedule(1);
		const [a, b] = [schedule.timesteps[1] as number, schedule.timesteps[2] as number];
		expect(schedule.row((a + b) / 2)).toBe(1);
	});
});

test("noise laid over latents is taken away again by the flow that made them", () => {
	fc.assert(
		fc.property(
			fc.float({ min: -3, max: 3, noNaN: true }),
			fc.float({ min: -3, max: 3, noNaN: true }),
			fc.nat(1000),
			(x, e, t) => {
				const sigma = new Schedule(5).sigma(t);
				const noisy = addNoise(Float32Array.of(x), Float32Array.of(e), sigma);
				const clean = toClean(noisy, Float32Array.of(e - x), sigma);
				expect(Math.abs((clean[0] as number) - x)).toBeLessThan(2e-6);
			},
		),
		{ numRuns: 50 },
	);
});

describe("the steps of a chunk", () => {
	test("are timesteps themselves, or warped by the shift", () => {
		const schedule = new Schedule(5);
		expect(timestepsOf([1000, 750, 0], schedule)).toEqual([1000, 750, 0]);
		const warped = timestepsOf([1000, 750, 500, 250, 0], schedule, true).map((t) => Math.round(t * 1000) / 1000);
		expect(warped).toEqual([1000, 937.5, 833.333, 625, 0]);
		expect(Math.round(new Schedule(8).warp(250) * 1000)).toBe(727273);
	});

	test("begin in video mode at the step of the noise scale, even where the next is higher", () => {
		expect(firstStepOf(0.05)).toBe(-50);
		expect(videoSteps([1000, 750], 0.7)).toEqual([600, 750]);
		expect(videoSteps([1000], 0.05)).toEqual([0]);
	});
});
