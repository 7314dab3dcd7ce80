import { expect, test } from "vitest";
import { lamp, last, NO_FADE } from "./lamp.ts";
import { rehearse, snapshotsOf } from "./rehearsal.ts";

test("a parameter that needs a reload opens a new instance beside the running one, and no frame is missing", async () => {
	const opened: string[] = [];
	const closed: string[] = [];
	const { promise: warm, resolve } = Promise.withResolvers<void>();
	const pipeline = lamp({
		open: async ({ body }) => {
			if (body === "b") await warm;
			opened.push(body);
		},
		close: ({ body }) => void closed.push(body),
	});
	await using show = rehearse(pipeline, snapshotsOf(1, { "": { level: 20, body: "a" } }));
	await show.output.until((all) => last(all)?.red === 20 && all.length > 15);
	show.feed.update(snapshotsOf(2, { "": { level: 220, body: "b" } }));
	const from = show.output.sequence;
	await show.output.until((all) => all.length > from + 10);
	expect(opened).toEqual(["a"]);
	expect(show.applied.at(-1)?.[0]).toBe(1);
	resolve();
	const shown = await show.output.until((all) => last(all)?.red === 220 && all.length > from + 40);
	expect(opened).toEqual(["a", "b"]);
	expect(closed).toEqual(["a"]);
	const spaces = shown.slice(5).map((frame, i) => frame.at - (shown[i + 4]?.at ?? 0));
	expect(Math.max(...spaces)).toBeLessThan(1.5 / 30);
	expect(show.report.read().dropped).toBe(0);
	expect(show.applied.at(-1)?.[0]).toBe(2);
});

test("another pipeline is faded to: every frame on the way is a little closer", async () => {
	const dark = lamp({}, "dark");
	const bright = lamp({}, "bright");
	await using show = rehearse(dark, snapshotsOf(1, { "": { level: 0 }, "/session": { fade: 0.5 } }));
	await show.output.until((all) => all.length > 20);
	show.feed.update(snapshotsOf(2, { "": { level: 240 }, "/session": { fade: 0.5 } }), {
		pipeline: bright,
		plugins: [],
	});
	const shown = await show.output.until((all) => last(all)?.red === 240);
	const way = shown.filter(({ red, revision }) => revision === 2 && red > 0 && red < 240).map(({ red }) => red);
	expect(way.length).toBeGreaterThanOrEqual(13);
	expect(way).toEqual(way.toSorted((a, b) => a - b));
});

test("the running pipeline keeps its values while another one's are in the feed", async () => {
	const { promise: warm, resolve } = Promise.withResolvers<void>();
	const next = lamp({ open: () => warm }, "next");
	await using show = rehearse(lamp(), snapshotsOf(1, { "": { level: 77 }, "/session": NO_FADE }));
	await show.output.until((all) => last(all)?.red === 77);
	const from = show.output.sequence;
	show.feed.update(snapshotsOf(2, { "": { level: 200 }, "/session": NO_FADE }), { pipeline: next, plugins: [] });
	const during = (await show.output.until((all) => all.length > from + 8)).slice(from);
	expect(new Set(during.map(({ red }) => red))).toEqual(new Set([77]));
	resolve();
	await show.output.until((all) => last(all)?.red === 200);
});

test("an instance that does not open leaves the running one as it is, with the reason, until something else is wanted", async () => {
	let tries = 0;
	const pipeline = lamp({
		open: ({ body }) => {
			if (body !== "broken") return;
			tries++;
			throw new Error("there is no such body");
		},
	});
	await using show = rehearse(pipeline, snapshotsOf(1, { "": { level: 30, body: "a" }, "/session": NO_FADE }));
	await show.output.until((all) => last(all)?.red === 30);
	show.feed.update(snapshotsOf(2, { "": { level: 40, body: "broken" }, "/session": NO_FADE }));
	await show.output.until((all) => last(all)?.red === 40);
	const { length } = show.output.shown;
	await show.output.until((all) => all.length > length + 5);
	expect(tries).toBe(1);
	expect(show.report.read().reason).toContain("there is no such body");
	show.feed.update(snapshotsOf(3, { "": { level: 50, body: "c" }, "/session": NO_FADE }));
	await show.output.until((all) => last(all)?.red === 50 && show.report.read().reason === undefined);
});

test("a newer wish replaces one that is still opening, which is closed when it comes", async () => {
	const closed: string[] = [];
	const { promise: slow, resolve } = Promise.withResolvers<void>();
	const pipeline = lamp({
		open: ({ body }) => (body === "slow" ? slow : undefined),
		close: ({ body }) => void closed.push(body),
	});
	{
		await using show = rehearse(pipeline, snapshotsOf(1, { "": { body: "a" }, "/session": NO_FADE }));
		await show.output.until((all) => all.length > 3);
		show.feed.update(snapshotsOf(2, { "": { body: "slow" }, "/session": NO_FADE }));
		const { length } = show.output.shown;
		await show.output.until((all) => all.length > length + 3);
		show.feed.update(snapshotsOf(3, { "": { body: "c", level: 99 }, "/session": NO_FADE }));
		await show.output.until((all) => last(all)?.red === 99);
		resolve();
	}
	expect(closed.toSorted()).toEqual(["a", "c", "slow"]);
});
