import { expect, test } from "vitest";
import passthrough from "../../../pipelines/passthrough/index.ts";
import { definePipeline } from "../../../src/contract/pipeline.ts";
import { lamp, last, NO_FADE } from "./lamp.ts";
import { grey, rehearse, snapshotsOf } from "./rehearsal.ts";

test("a session that never showed anything begins with one opaque black frame", async () => {
	await using show = rehearse(passthrough);
	const [black] = await show.output.until((shown) => shown.length > 0);
	expect([...(black?.last.data.slice(0, 4) ?? [])]).toEqual([0, 0, 0, 255]);
	expect(black?.last.alpha).toBe(false);
});

test("a session that comes back leaves the last picture until it has one of its own", async () => {
	await using show = rehearse(passthrough, {}, { before: grey(200) });
	show.source.write(grey(50, { captured: 99 }));
	const shown = await show.output.until((all) => all.length > 1);
	expect(shown[0]?.red).toBe(200);
	expect(shown[1]?.red).toBeGreaterThan(100);
});

test("source frames come out fitted, with the time at which they were captured", async () => {
	const size = { width: 32, height: 16 };
	await using show = rehearse(passthrough, snapshotsOf(1, { "": size, "/session": NO_FADE }));
	show.source.write(grey(50, { captured: 99.5 }));
	const shown = last(await show.output.until((all) => last(all)?.captured === 99.5));
	expect(shown).toMatchObject({ ...size, red: 50, revision: 1, chunk: 0 });
});

test("frames are shown at the pipeline's rate, in the order of their chunks", async () => {
	await using show = rehearse(lamp({}, "lamp", 3), snapshotsOf(1, { "/session": NO_FADE }));
	const shown = (await show.output.until((all) => all.length > 12)).slice(2);
	for (const [i, frame] of shown.entries()) {
		const before = shown[i - 1];
		if (!before) continue;
		expect(frame.at - before.at).toBeCloseTo(1 / 30, 6);
		expect(frame.chunk - before.chunk).toBeLessThanOrEqual(1);
	}
});

test("the session's frame rate is an upper bound", async () => {
	await using show = rehearse(lamp(), snapshotsOf(1, { "/session": { ...NO_FADE, fps: 10 } }));
	const shown = (await show.output.until((all) => all.length > 8)).slice(2);
	expect((shown.at(-1)?.at ?? 0) - (shown[0]?.at ?? 0)).toBeCloseTo((shown.length - 1) / 10, 6);
});

test("a chunk that is quickly made is begun late, so that what was just turned is in it", async () => {
	const begun: number[] = [];
	const pipeline = lamp({ generate: (_, { time }) => void begun.push(time) });
	await using show = rehearse(pipeline, snapshotsOf(1, { "/session": NO_FADE }));
	const shown = (await show.output.until((all) => all.length > 20)).slice(5, 20);
	for (const { at, chunk } of shown) expect(at - 100 - (begun[chunk] ?? 0)).toBeLessThan(0.2 / 30);
});

test("a chunk that takes as long as it is played is begun while the one before is played", async () => {
	const { promise: begun, resolve } = Promise.withResolvers<void>();
	const show = { time: undefined as { pass(seconds: number): void } | undefined };
	const pipeline = lamp(
		{
			generate: (_, { chunk }) => {
				show.time?.pass(0.09);
				if (chunk === 6) resolve();
			},
		},
		"slow",
		3,
	);
	await using running = rehearse(pipeline, snapshotsOf(1, { "/session": NO_FADE }));
	show.time = running.time;
	await begun;
	expect(running.report.read().dropped).toBe(0);
	expect(running.output.shown.at(-1)?.chunk).toBeLessThan(6);
});

test("a pipeline that makes nothing does not spin", async () => {
	const nothing = definePipeline({
		...lamp({}, "nothing"),
		open: async () => ({ generate: () => ({ frames: [] }), [Symbol.asyncDispose]: async () => {} }),
	});
	await using show = rehearse(nothing);
	const start = show.time.now();
	for (let i = 0; i < 100; i++) await new Promise(setImmediate);
	expect(show.time.now() - start).toBeGreaterThan(0.2);
});

test("a pipeline that needs a source says so while none is chosen", async () => {
	await using show = rehearse(passthrough);
	show.source.write(grey(5, { captured: 99 }));
	await show.output.until((all) => all.length > 1);
	for (let i = 0; i < 50; i++) await new Promise(setImmediate);
	expect(show.report.read().reason).toBeUndefined();
	show.intake.use(undefined);
	await expect.poll(() => show.report.read().reason).toBe("It needs a source, and none is chosen.");
	show.feed.update(snapshotsOf(2, { "/session": NO_FADE }), { pipeline: lamp(), plugins: [] });
	await show.output.until(() => show.report.read().reason === undefined);
});

test("an end closes the pipeline once, and leaves the last picture", async () => {
	const closed: string[] = [];
	const show = rehearse(lamp({ close: ({ body }) => void closed.push(body) }), snapshotsOf(1, { "/session": NO_FADE }));
	await show.output.until((all) => all.length > 3);
	await show[Symbol.asyncDispose]();
	await show[Symbol.asyncDispose]();
	expect(closed).toEqual(["a"]);
	expect(show.output.last()?.data[0]).toBe(10);
});
