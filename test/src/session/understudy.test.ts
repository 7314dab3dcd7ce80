import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import * as z from "zod";
import { MutoscopeError } from "../../../src/base/errors.ts";
import { definePipeline, type PipelineDefinition } from "../../../src/contract/pipeline.ts";
import { Bell } from "../../../src/session/bell.ts";
import type { Stage } from "../../../src/session/stage.ts";
import { Understudy } from "../../../src/session/understudy.ts";
import { silent } from "../../../src/testing/clause.ts";
import { grey, rehearse, snapshotsOf } from "./rehearsal.ts";

interface Part {
	/** Red of its pictures. */
	readonly red: number;
	/** Called before it opens. */
	open?(): Promise<void> | void;
	/** Called before each chunk. */
	play?(): void;
}

function part(id: string, { red, open, play }: Part): PipelineDefinition {
	return definePipeline({
		id,
		title: id[0]?.toUpperCase() + id.slice(1),
		description: id,
		source: "nobody",
		modes: ["text"],
		params: z.object({}),
		async open() {
			await open?.();
			return {
				rate: () => 10,
				generate() {
					play?.();
					return { frames: [grey(red)] };
				},
				[Symbol.asyncDispose]: async () => {},
			};
		},
	});
}

const cells = part("cells", { red: 40 });

test("while the first pipeline takes long to load somebody else plays, and it fades in when it is there", async () => {
	const gate = Promise.withResolvers<void>();
	const slow = part("slow", { red: 200, open: () => gate.promise });
	await using show = rehearse(slow, {}, { understudy: cells });
	await show.output.until((shown) => shown.at(-1)?.red === 40);
	expect(show.report.read()).toMatchObject({ playing: "cells", loading: "slow" });
	expect(show.report.read().reason).toBeUndefined();
	gate.resolve();
	const shown = await show.output.until((shown) => shown.at(-1)?.red === 200);
	expect(show.report.read().playing).toBe("slow");
	expect(shown.some(({ red }) => red > 40 && red < 200)).toBe(true);
});

test("where the chosen one cannot be opened somebody else plays, and it is said why", async () => {
	let missing = true;
	const boxed = part("boxed", {
		red: 200,
		open() {
			if (missing) throw new MutoscopeError("artifact/missing", { repo: "boxed", file: "weights.safetensors" });
		},
	});
	await using show = rehearse(boxed, {}, { understudy: cells });
	await show.output.until((shown) => shown.at(-1)?.red === 40);
	expect(show.report.read().reason).toMatch(/weights\.safetensors.*\. Cells plays instead\.$/);
	missing = false;
	show.feed.update(snapshotsOf(1, {}), { pipeline: boxed, understudy: cells, plugins: [] });
	await show.output.until((shown) => shown.at(-1)?.red === 200);
	expect(show.report.read()).toMatchObject({ playing: "boxed" });
	expect(show.report.read().reason).toBeUndefined();
});

test("who plays before the first picture goes on where the chosen one cannot be opened after all", async () => {
	const gate = Promise.withResolvers<void>();
	const missing = new MutoscopeError("artifact/missing", { repo: "boxed", file: "weights.safetensors" });
	const late = part("late", { red: 200, open: () => gate.promise.then(() => Promise.reject(missing)) });
	await using show = rehearse(late, {}, { understudy: cells });
	await show.output.until((shown) => shown.at(-1)?.red === 40);
	gate.resolve();
	await expect.poll(() => show.report.read().reason, { timeout: 20_000 }).toMatch(/weights.*Cells plays instead\.$/);
	const seen = show.output.shown.length;
	await show.output.until((shown) => shown.length > seen + 5);
});

test("one that fails again and again is given up for somebody else, and the show goes on", async () => {
	let chunks = 0;
	const torn = part("torn", {
		red: 200,
		play() {
			if (++chunks % 3 === 0) throw new Error("it is torn");
		},
	});
	await using show = rehearse(torn, {}, { understudy: cells });
	await show.output.until((shown) => shown.at(-1)?.red === 40);
	expect(show.report.read().reason).toMatch(/it is torn.*Cells plays instead\.$/);
	const seen = show.output.shown.length;
	await show.output.until((shown) => shown.length > seen + 5);
});

test("who steps in and fails as well is not asked again", async () => {
	const broken = () => {
		throw new Error("nobody is well");
	};
	let asked = 0;
	const ill = part("ill", {
		red: 40,
		open() {
			asked++;
			broken();
		},
	});
	await using show = rehearse(part("boxed", { red: 200, open: broken }), {}, { understudy: ill });
	await expect
		.poll(() => show.report.read().reason, { timeout: 20_000 })
		.toMatch(/^The pipeline boxed failed.*well\.?$/);
	await expect.poll(() => asked).toBe(1);
	show.feed.update(snapshotsOf(1, {}), { pipeline: cells, understudy: ill, plugins: [] });
	await show.output.until((shown) => shown.at(-1)?.red === 40);
	expect(asked).toBe(1);
});

describe("who may step in", () => {
	beforeEach(() => void vi.useFakeTimers());
	afterEach(() => void vi.useRealTimers());

	/** One that waits, what was said of it, and how often it was asked to come. */
	function waiting(black = true) {
		const bell = new Bell();
		const seen = { rings: 0, opened: 0, reasons: [] as (string | undefined)[] };
		bell.listen(() => seen.rings++);
		const understudy = new Understudy({
			bell,
			black,
			log: silent,
			because: (reason) => void seen.reasons.push(reason),
			async open(wanted) {
				seen.opened++;
				return { wanted } as unknown as Stage;
			},
		});
		return { understudy, seen };
	}

	test("does so after a second of a black picture, and says nothing of it", async () => {
		const { understudy, seen } = waiting();
		vi.advanceTimersByTime(999);
		expect([seen.rings, await understudy.stepIn(cells, false)]).toEqual([0, undefined]);
		vi.advanceTimersByTime(1);
		expect(seen.rings).toBe(1);
		const stage = await understudy.stepIn(cells, false);
		expect([stage?.wanted.definition, understudy.is(stage)]).toEqual([cells, true]);
		expect(seen.reasons).toEqual([]);
	});

	test("waits while the last picture of before is shown", async () => {
		const { understudy, seen } = waiting(false);
		vi.advanceTimersByTime(10_000);
		expect([seen.rings, await understudy.stepIn(cells, false)]).toEqual([0, undefined]);
		expect(await understudy.stepIn(cells, true)).toBeDefined();
		expect(seen.reasons).toEqual(["Cells plays instead."]);
	});

	test("is called off once somebody plays, in time or after it came", async () => {
		const early = waiting();
		early.understudy.stepBack();
		expect(vi.getTimerCount()).toBe(0);
		const late = waiting();
		vi.advanceTimersByTime(1000);
		const stage = await late.understudy.stepIn(cells, false);
		late.understudy.stepBack();
		expect(late.understudy.is(stage)).toBe(false);
		expect(await late.understudy.stepIn(cells, false)).toBeUndefined();
		expect(late.seen.reasons).toEqual([undefined]);
	});

	test("is nobody who could not, and not the chosen one itself", async () => {
		const { understudy, seen } = waiting();
		const chosen = part("chosen", { red: 1 });
		const serves = (pipeline: PipelineDefinition) => understudy.serves({ pipeline, understudy: cells, plugins: [] });
		expect([serves(chosen), serves(cells)]).toEqual([true, false]);
		expect(understudy.serves({ pipeline: chosen, plugins: [] })).toBe(false);
		const stage = await understudy.stepIn(cells, true);
		understudy.failed(cells, new Error("it fell"));
		expect(understudy.is(stage)).toBe(false);
		expect(seen.reasons).toEqual(["Cells plays instead.", undefined]);
		expect([serves(chosen), await understudy.stepIn(cells, true), seen.opened]).toEqual([false, undefined, 1]);
	});

	test("does not come once it was disposed of", () => {
		const { understudy } = waiting();
		understudy[Symbol.dispose]();
		expect(vi.getTimerCount()).toBe(0);
	});
});
