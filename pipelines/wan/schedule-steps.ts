import { linspace, type Schedule } from "./schedule.ts";

/**
 * The timesteps of a chunk, noisy to clean.
 *
 * @param warp `false`, as Scope: a step is itself the timestep. `true`, as the authors of Self-Forcing, LongLive,
 *   MemFlow and Reward Forcing trained: each step is moved by the schedule's shift.
 */
export function timestepsOf(steps: readonly number[], schedule: Schedule, warp = false): readonly number[] {
	return warp ? steps.map((step) => schedule.warp(step)) : steps;
}

/**
 * The first step where an input video is laid under noise: `trunc(1000 · noiseScale) − 100`, as Scope has it. It does
 * not match the noise that is there (0.7 gives 600), and is negative below a noise scale of 0.1.
 */
export function firstStepOf(noiseScale: number): number {
	return Math.trunc(1000 * noiseScale) - 100;
}

/**
 * The steps of a chunk in video mode: the first is replaced by that of the noise scale, the others stay as they are.
 *
 * @param least the least first step. No model has seen a timestep below 0, and σ is the same from there on.
 */
export function videoSteps(steps: readonly number[], noiseScale: number, least = 0): readonly number[] {
	return [Math.max(least, firstStepOf(noiseScale)), ...steps.slice(1)];
}

/**
 * The steps of krea's own realtime-video: four even steps down from `strength`, and a last one at 0. They are meant to be
 * warped: strength 1 is then 1000, 937.5, 833.3, 625, 0.
 *
 * @param strength share of the way from clean to noise, 0…1.
 */
export function kreaSteps(strength: number): readonly number[] {
	return Array.from(linspace(1000 * strength, 0, 5), Math.trunc);
}

/**
 * The steps of StreamDiffusionV2's own video mode, not warped: the first `count` of 700, 500, 400, 200, with the first
 * of them replaced by that of the noise scale.
 *
 * @param count how many steps, 1…4.
 */
export function streamSteps(noiseScale: number, count = 2): readonly number[] {
	return videoSteps([700, 500, 400, 200].slice(0, count), noiseScale);
}
