import { availableParallelism } from "node:os";
import { expect, test } from "vitest";
import * as z from "zod";
import { definePipeline, type PipelineDefinition } from "../../../src/contract/pipeline.ts";
import { grey, rehearse, snapshotsOf } from "./rehearsal.ts";

/** Seconds of a frame that leave room at 24 frames a second, and twice as many. */
const QUICK = 0.02;

interface Counts {
	chunks: number;
	opened: (number | undefined)[];
	resets: number;
}

/** A pipeline of four frames a chunk, each of which takes so long on so many threads. */
function worker(counts: Counts, cost: (threads: number | undefined) => number, pass: (seconds: number) => void) {
	const side = z.int().min(2).max(64).default(32);
	return definePipeline({
		id: "worker",
		title: "Worker",
		description: "works",
		source: "nobody",
		modes: ["text"],
		params: z.object({ width: side, height: side }),
		realTime: { sizes: [32, 16].map((side) => ({ width: side, height: side })), fps: 24 },
		async open({ params, compute }) {
			counts.opened.push(compute.threads);
			return {
				rate: () => 24,
				reset: () => void counts.resets++,
				generate() {
					counts.chunks++;
					pass(4 * cost(compute.threads));
					return { frames: Array.from({ length: 4 }, () => grey(90, params)) };
				},
				[Symbol.asyncDispose]: async () => {},
			};
		},
	}) as PipelineDefinition;
}

function workshop(cost: (threads: number | undefined) => number) {
	const counts: Counts = { chunks: 0, opened: [], resets: 0 };
	let pass: (seconds: number) => void = () => {};
	const pipeline = worker(counts, cost, (seconds) => pass(seconds));
	const passes = (to: typeof pass) => {
		pass = to;
	};
	return { counts, pipeline, passes };
}

test("what opens for the first time is measured, begins as new, and its size is told", async () => {
	const { counts, pipeline, passes } = workshop(() => QUICK);
	await using show = rehearse(pipeline);
	passes((seconds) => show.time.pass(seconds));
	await show.output.until((shown) => shown.some(({ red }) => red === 90));
	expect(show.measured).toEqual([["worker", { width: 32, height: 32, fps: 24, holds: true, best: true }]]);
	expect(counts).toMatchObject({ opened: [undefined], resets: 1 });
});

test("what was measured before is opened as it did best, and played at once", async () => {
	const { counts, pipeline, passes } = workshop(() => QUICK);
	const held = { worker: { width: 16, height: 16, fps: 24, holds: true, best: false, threads: 3 } };
	await using show = rehearse(pipeline, {}, { held });
	passes((seconds) => show.time.pass(seconds));
	await show.output.until((shown) => shown.some(({ red }) => red === 90));
	expect(show.measured).toEqual([]);
	expect(counts).toMatchObject({ opened: [3], resets: 0 });
});

test.skipIf(availableParallelism() < 2)("where the usual threads are too few, all are tried", async () => {
	const cores = availableParallelism();
	const { counts, pipeline, passes } = workshop((threads) => (threads === undefined ? 2 * QUICK : QUICK));
	await using show = rehearse(pipeline);
	passes((seconds) => show.time.pass(seconds));
	await show.output.until((shown) => shown.some(({ red }) => red === 90));
	expect(show.measured).toEqual([
		["worker", { width: 32, height: 32, fps: 24, holds: true, best: true, threads: cores }],
	]);
	expect(counts.opened).toEqual([undefined, cores]);
});

test.skipIf(availableParallelism() < 2)("threads that are no help are left to others", async () => {
	const { counts, pipeline, passes } = workshop(() => 2 * QUICK);
	await using show = rehearse(pipeline);
	passes((seconds) => show.time.pass(seconds));
	await show.output.until((shown) => shown.some(({ red }) => red === 90));
	expect(show.measured).toEqual([["worker", { width: 16, height: 16, fps: 24, holds: true, best: false }]]);
	expect(counts.opened.at(-1)).toBeUndefined();
});

test("nothing is measured beside a show: what plays goes on, and the next one as it is", async () => {
	const { counts, pipeline, passes } = workshop(() => QUICK);
	const still = workshop(() => QUICK / 4);
	const { realTime: _, ...lamp } = still.pipeline;
	await using show = rehearse(lamp as PipelineDefinition);
	for (const each of [passes, still.passes]) each((seconds) => show.time.pass(seconds));
	await show.output.until((shown) => shown.some(({ red }) => red === 90));
	show.feed.update(snapshotsOf(1, {}), { pipeline, plugins: [] });
	await expect.poll(() => counts.chunks).toBeGreaterThan(2);
	expect([show.measured, counts.resets]).toEqual([[], 0]);
});
