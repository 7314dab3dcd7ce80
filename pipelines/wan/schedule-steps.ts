import type { Schedule } from "./schedule.ts";

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
