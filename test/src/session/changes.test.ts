import { expect, test } from "vitest";
import passthrough from "../../../pipelines/passthrough/index.ts";
import { lamp, last, NO_FADE } from "./lamp.ts";
import { grey, rehearse, snapshotsOf } from "./rehearsal.ts";

test("a change takes hold at the next chunk, and is told with the frame in which it shows", async () => {
	await using show = rehearse(lamp(), snapshotsOf(1, { "": { level: 10 }, "/session": NO_FADE }));
	await show.output.until((all) => last(all)?.red === 10);
	show.feed.update(snapshotsOf(2, { "": { level: 90 }, "/session": NO_FADE }));
	const frame = last(await show.output.until((all) => last(all)?.red === 90));
	await show.output.until((all) => all.length > (frame?.sequence ?? 0));
	expect(show.applied).toEqual([
		[1, expect.any(Number)],
		[2, frame?.sequence],
	]);
});

test("a trigger is true in one chunk for each time it was fired, and not again after a restart", async () => {
	const chunk = { "": { level: 10 }, "/session": NO_FADE };
	const seen: boolean[] = [];
	await using show = rehearse(
		lamp({ generate: ({ flash }) => void seen.push(flash) }),
		snapshotsOf(1, chunk, { "": { "/flash": 7 } }),
	);
	await show.output.until((all) => all.length > 4);
	expect(seen).not.toContain(true);
	show.feed.update(snapshotsOf(2, chunk, { "": { "/flash": 8 } }));
	await show.output.until((all) => last(all)?.red === 255);
	const { length } = show.output.shown;
	await show.output.until((all) => all.length > length + 4);
	expect(seen.filter((flash) => flash)).toHaveLength(1);
});

test("reset reaches the pipeline once", async () => {
	let resets = 0;
	await using show = rehearse(lamp({ reset: () => resets++ }), snapshotsOf(1, {}, { "/transport": { "/reset": 3 } }));
	await show.output.until((all) => all.length > 3);
	show.feed.update(snapshotsOf(2, {}, { "/transport": { "/reset": 4 } }));
	const { length } = show.output.shown;
	await show.output.until((all) => all.length > length + 4);
	expect(resets).toBe(1);
});

test("a pause holds the picture and makes nothing, is acknowledged, and does not count as time", async () => {
	const turns: { chunk: number; time: number; elapsed: number }[] = [];
	await using show = rehearse(
		lamp({ generate: (_, turn) => void turns.push(turn) }),
		snapshotsOf(1, { "/session": NO_FADE }),
	);
	await show.output.until((all) => all.length > 4);
	show.feed.update(snapshotsOf(2, { "/transport": { paused: true }, "/session": NO_FADE }));
	for (let i = 0; i < 50; i++) await new Promise(setImmediate);
	const held = show.output.sequence;
	const made = turns.length;
	for (let i = 0; i < 50; i++) await new Promise(setImmediate);
	expect(show.output.sequence).toBe(held);
	expect(turns).toHaveLength(made);
	expect(show.applied.at(-1)).toEqual([2, held]);
	show.time.pass(1000);
	show.feed.update(snapshotsOf(3, { "/transport": { paused: false }, "/session": NO_FADE }));
	await show.output.until((all) => all.length > held + 3);
	expect(turns.at(-1)?.time).toBeLessThan(100);
	expect(Math.max(...turns.map(({ elapsed }) => elapsed))).toBeLessThan(1);
});

test("turning something shows on a silent source too", async () => {
	const halves = () => {
		const frame = grey(200, { width: 32, height: 16, captured: 99 });
		for (let i = 0; i < frame.data.length; i++) if (i % 128 < 64 && i % 4 < 3) frame.data[i] = 0;
		return frame;
	};
	const size = { width: 32, height: 16 };
	await using show = rehearse(passthrough, snapshotsOf(1, { "": size, "/session": NO_FADE }));
	show.source.write(halves());
	await show.output.until((all) => last(all)?.width === 32);
	show.time.pass(1);
	show.feed.update(snapshotsOf(2, { "": size, "/source": { mirror: true }, "/session": NO_FADE }));
	const shown = last(await show.output.until((all) => last(all)?.red === 200));
	expect(shown?.revision).toBe(2);
	expect(shown?.captured).toBeGreaterThan(99);
});

test("a fade ends although the source has fallen silent", async () => {
	const size = { width: 32, height: 16 };
	await using show = rehearse(passthrough, snapshotsOf(1, { "": size }), { before: grey(0, size) });
	show.source.write(grey(200, { ...size, captured: 99 }));
	await show.output.until((all) => last(all)?.red === 200);
});
