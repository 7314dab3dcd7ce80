import { expect, test } from "vitest";
import * as z from "zod";
import passthrough from "../../../pipelines/passthrough/index.ts";
import { definePipeline, type Pipeline } from "../../../src/contract/pipeline.ts";
import { definePlugin } from "../../../src/contract/plugin.ts";
import { Frame } from "../../../src/media/frame.ts";
import { grey, rehearse, type Shown, snapshotsOf } from "./rehearsal.ts";

const SIZE = { width: 4, height: 2 };

/** Shows its level as grey; a new instance for each `body`. */
const params = z.object({
	level: z.number().min(0).max(255).default(10),
	body: z.string().default("a").meta({ apply: "reload" }),
	flash: z.boolean().default(false).meta({ trigger: true }),
});
type Values = z.output<typeof params>;

interface Hooks {
	open?(values: Values, signal: AbortSignal): Promise<void> | void;
	generate?(values: Values, turn: Parameters<Pipeline["generate"]>[2]): void;
	reset?(): void;
	close?(values: Values): void;
}

function lamp({ open, generate, reset, close }: Hooks = {}, id = "lamp", chunk = 1) {
	return definePipeline({
		id,
		title: "Lamp",
		description: "One grey.",
		source: "This test.",
		modes: ["text"],
		params,
		async open({ params, frame }, signal) {
			await open?.(params, signal);
			return {
				rate: () => 30,
				generate: (_input, values, turn) => {
					generate?.(values, turn);
					const make = () => {
						const made = frame(SIZE);
						made.data.fill(values.flash ? 255 : values.level);
						return made;
					};
					return { frames: Array.from({ length: chunk }, make) };
				},
				reset: () => reset?.(),
				[Symbol.asyncDispose]: async () => close?.(params),
			};
		},
	});
}

const NO_FADE = { fade: 0 };
const last = (shown: readonly Shown[]) => shown.at(-1);

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

test("a pipeline that throws is opened again, and given up on when that is no use", async () => {
	let opens = 0;
	const pipeline = lamp({
		open: () => void opens++,
		generate: ({ level }) => {
			if (level === 13) throw new Error("bad luck");
		},
	});
	await using show = rehearse(pipeline, snapshotsOf(1, { "": { level: 10 }, "/session": NO_FADE }));
	await show.output.until((all) => last(all)?.red === 10);
	show.feed.update(snapshotsOf(2, { "": { level: 13 }, "/session": NO_FADE }));
	await expect(show.over).rejects.toMatchObject({
		code: "pipeline/failed",
		message: expect.stringContaining("bad luck"),
	});
	expect(opens).toBe(4);
});

test("a pipeline that throws once goes on after it was opened again", async () => {
	let throws = 1;
	const pipeline = lamp({
		generate: ({ level }) => {
			if (level === 13 && throws-- > 0) throw new Error("bad luck");
		},
	});
	await using show = rehearse(pipeline, snapshotsOf(1, { "": { level: 10 }, "/session": NO_FADE }));
	await show.output.until((all) => last(all)?.red === 10);
	show.feed.update(snapshotsOf(2, { "": { level: 13 }, "/session": NO_FADE }));
	await show.output.until((all) => last(all)?.red === 13);
	expect(show.lines.join("\n")).toContain("bad luck");
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

test("modulation is clamped to the range, and reload parameters do not follow it", async () => {
	const bodies = new Set<string>();
	const pipeline = lamp({ generate: ({ body }) => void bodies.add(body) });
	const plugin = definePlugin({
		id: "push",
		title: "Push",
		description: "Too far.",
		tap: ({ hooks }) => hooks.params.tap("push", (values) => ({ ...values, level: 1e9, body: "other" })),
	});
	await using show = rehearse(
		pipeline,
		snapshotsOf(1, { "": { level: 10 }, "/session": NO_FADE, "/plugin/push": { enabled: true } }),
		{ plugins: [plugin] },
	);
	await show.output.until((all) => last(all)?.red === 255);
	expect([...bodies]).toEqual(["a"]);
});

test("a plugin whose tap throws is switched off, and comes back when it is switched off and on", async () => {
	let broken = true;
	let closed = 0;
	const plugin = definePlugin({
		id: "invert",
		title: "Invert",
		description: "The other way round.",
		tap({ hooks }) {
			hooks.frameOut.tapPromise("some name", async (frame) => {
				if (broken) throw new Error("no pixels today");
				return new Frame(
					frame.size,
					frame.data.map((value) => 255 - value),
				);
			});
			hooks.close.tap("invert", () => void closed++);
		},
	});
	const parts = (enabled: boolean) => ({ "": { level: 10 }, "/session": NO_FADE, "/plugin/invert": { enabled } });
	await using show = rehearse(lamp(), snapshotsOf(1, parts(true)), { plugins: [plugin] });
	await show.output.until((all) => last(all)?.red === 10 && all.length > 5);
	expect(show.failures).toEqual(["invert frameOut Error: no pixels today"]);
	expect(closed).toBe(1);
	expect(show.report.read().tapFailures).toBe(1);
	broken = false;
	show.feed.update(snapshotsOf(2, parts(false)));
	await show.output.until((all) => last(all)?.revision === 2);
	show.feed.update(snapshotsOf(3, parts(true)));
	await show.output.until((all) => last(all)?.red === 245);
	show.feed.update(snapshotsOf(4, parts(false)));
	await show.output.until((all) => last(all)?.red === 10);
	expect(closed).toBe(2);
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

test.each(["demand", "reset", "rate"])(
	"a pipeline that throws in %s is opened again like one that throws while it makes",
	async (where) => {
		let opens = 0;
		let throws = 1;
		const fail = () => {
			if (throws-- > 0) throw new Error("bad luck");
		};
		const pipeline = definePipeline({
			...lamp(),
			async open({ frame }) {
				opens++;
				return {
					demand() {
						if (where === "demand") fail();
						return { frames: 0, wait: false };
					},
					rate() {
						if (where === "rate") fail();
						return 30;
					},
					reset: fail,
					generate: () => ({ frames: [frame(SIZE)] }),
					[Symbol.asyncDispose]: async () => {},
				};
			},
		});
		await using show = rehearse(pipeline, snapshotsOf(1, {}, { "/transport": { "/reset": 1 } }));
		if (where === "reset") {
			await show.output.until((all) => all.length > 3);
			show.feed.update(snapshotsOf(2, {}, { "/transport": { "/reset": 2 } }));
		}
		await show.output.until((all) => opens === 2 && all.length > 3);
	},
);

test("an instance that fails while another one could not be opened gives that one another try", async () => {
	let broken = true;
	const pipeline = lamp({
		open: ({ body }) => {
			if (body === "b" && broken) throw new Error("not yet");
		},
		generate: ({ level }) => {
			if (level === 13) throw new Error("bad luck");
		},
	});
	await using show = rehearse(pipeline, snapshotsOf(1, { "": { level: 10 }, "/session": NO_FADE }));
	await show.output.until((all) => last(all)?.red === 10);
	show.feed.update(snapshotsOf(2, { "": { level: 11, body: "b" }, "/session": NO_FADE }));
	await show.output.until((all) => last(all)?.red === 11);
	broken = false;
	show.feed.update(snapshotsOf(3, { "": { level: 13, body: "b" }, "/session": NO_FADE }));
	await expect.poll(() => show.lines.join()).toContain("bad luck");
	show.feed.update(snapshotsOf(4, { "": { level: 14, body: "b" }, "/session": NO_FADE }));
	await show.output.until((all) => last(all)?.red === 14);
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
