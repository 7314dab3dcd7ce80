import { definePlugin, Frame } from "mutoscope/sdk";
import { afterEach, expect, test } from "vitest";
import * as z from "zod";
import { createHooks, type Hooks } from "../../../src/contract/hooks.ts";
import type { PluginDefinition } from "../../../src/contract/plugin.ts";
import { monotonic } from "../../../src/media/clock.ts";
import { Ring } from "../../../src/media/ring.ts";
import { Answerer } from "../../../src/session/apart/answerer.ts";
import { Apart } from "../../../src/session/apart/caller.ts";
import { apartRings, NOTE_BYTES } from "../../../src/session/apart/rings.ts";
import { Plugins } from "../../../src/session/plugins.ts";
import { silent } from "../../../src/testing/clause.ts";
import { grey } from "./rehearsal.ts";

const MOMENT = { session: "main", chunk: 3, time: 1.5 };

/** Adds to every pixel, pushes one value, and does as it is told about time. */
const adder = definePlugin({
	id: "adder",
	title: "Adder",
	description: "For tests.",
	params: z.object({ by: z.number().default(5), when: z.number().default(0) }),
	tap({ hooks, params }) {
		hooks.frameOut.tapPromise("adder", async (frame) => {
			const { by } = params();
			await held;
			if (by === 0) return frame;
			if (by < 0) throw new Error("by less than nothing");
			const data = frame.data.map((value, i) => (i % 4 === 3 ? value : value + by));
			return new Frame(frame.size, data, { alpha: frame.alpha });
		});
		hooks.params.tap("adder", (values, { time }) => ({ ...values, level: Number(values.level) + time }));
	},
});

let held: Promise<void> = Promise.resolve();
const owned: (() => void)[] = [];
afterEach(() => {
	for (const dispose of owned.splice(0).toReversed()) dispose();
	held = Promise.resolve();
});

let count = 0;

/** Both ends of a plugin that runs apart, in this process, and everything that was said. */
function stage(definition: PluginDefinition = adder) {
	const base = `apart-${process.pid}.${++count}`;
	for (const name of Object.values(apartRings(base))) {
		const ring = Ring.create(name, { maxBytes: 2 * NOTE_BYTES });
		owned.push(() => ring.close());
	}
	let values: Record<string, unknown> = { enabled: true, deadline: 900 };
	let revision = 1;
	let passed = 0;
	const reasons: (string | undefined)[] = [];
	const failures: string[] = [];
	const apart = new Apart({
		id: definition.id,
		ring: base,
		turned: () => ({ revision, values, fired: {} }),
		clock: () => monotonic() + passed,
		log: silent,
		because: (reason) => void reasons.push(reason),
	});
	owned.push(() => apart[Symbol.dispose]());
	const hooks: Hooks = createHooks((_plugin, _hook, error) => void failures.push(String(error)));
	apart.plugin.tap?.({ hooks, params: () => ({}), param: () => undefined, log: silent });
	return {
		apart,
		hooks,
		reasons,
		failures,
		turn(more: Record<string, unknown>) {
			values = { ...values, ...more };
			revision++;
		},
		/** Seconds pass for the session. */
		pass(seconds: number) {
			passed += seconds;
		},
		/** Another process of the plugin begins. */
		begin() {
			let turned = { revision, values, fired: {} };
			const plugins = new Plugins(
				{ plugins: [definition], params: [], part: () => turned },
				silent,
				(_p, _h, error) => {
					failures.push(String(error));
				},
			);
			const answerer = new Answerer({
				ring: base,
				plugins,
				life: ++count,
				turned: (newest) => {
					turned = newest as typeof turned;
				},
			});
			const ending = new AbortController();
			const over = answerer.refresh().then(() => answerer.serve(ending.signal));
			over.catch(() => {});
			const end = () => {
				ending.abort(new Error("it was killed"));
				answerer[Symbol.dispose]();
			};
			owned.push(end);
			return { answerer, end };
		},
		/** Sends a grey through until `holds` of what comes back. */
		async until(holds: (red: number) => boolean): Promise<number> {
			for (;;) {
				using shown = await hooks.frameOut.promise(grey(10, { captured: 7 }), MOMENT);
				const [red = 0] = shown.data;
				if (holds(red)) return red;
				await new Promise(setImmediate);
			}
		},
	};
}

test("a plugin that runs apart changes frames and values as it would here", async () => {
	const { begin, until, hooks, apart } = stage();
	begin();
	expect(await until((red) => red !== 10)).toBe(15);
	expect(await hooks.params.promise({ level: 1, word: "still" }, MOMENT)).toEqual({ level: 2.5, word: "still" });
	expect(apart.report()).toMatchObject({ slow: false, late: 0 });
});

test("the stamp of a frame survives the way there and back", async () => {
	const { begin, until, hooks } = stage();
	begin();
	await until((red) => red !== 10);
	using shown = await hooks.frameOut.promise(grey(10, { captured: 7 }), MOMENT);
	expect(shown.stamp).toMatchObject({ captured: 7 });
});

test("what it is turned to travels with the frame, so that the next one shows it", async () => {
	const { begin, until, hooks, turn } = stage();
	begin();
	await until((red) => red !== 10);
	for (const by of [20, 30, 40]) {
		turn({ by });
		using shown = await hooks.frameOut.promise(grey(10), MOMENT);
		expect(shown.data[0]).toBe(10 + by);
	}
});

test("a frame that it leaves alone is not copied back, and hooks that it does not tap are not asked", async () => {
	const { begin, until, hooks, turn } = stage();
	const { answerer } = begin();
	await until((red) => red !== 10);
	turn({ by: 0 });
	const calls = answerer.calls;
	const given = grey(10);
	using shown = await hooks.frameOut.promise(given, MOMENT);
	expect(shown).toBe(given);
	using other = await hooks.frameIn.promise(grey(10), MOMENT);
	expect(other.data[0]).toBe(10);
	expect(answerer.calls).toBe(calls + 1);
});

test("without a process frames go on as they are, at once", async () => {
	const { hooks, apart } = stage();
	using shown = await hooks.frameOut.promise(grey(10), MOMENT);
	expect(shown.data[0]).toBe(10);
	expect(apart.report().slow).toBe(false);
});

test("a dead one costs one wait; whatever comes after goes on at once, until another process speaks", async () => {
	const { begin, until, hooks, apart, turn } = stage();
	const first = begin();
	await until((red) => red === 15);
	first.end();
	turn({ deadline: 1 });
	const before = apart.report().bypassed;
	for (let i = 0; i < 20; i++) (await hooks.frameOut.promise(grey(10), MOMENT)).close();
	expect(apart.report()).toMatchObject({ bypassed: before + 20, late: 0, slow: false });
	turn({ deadline: 900, by: 7 });
	begin();
	expect(await until((red) => red !== 10)).toBe(17);
});

test("a late answer is dropped, and one that keeps being late is passed over until it is in time again", async () => {
	const { begin, until, hooks, apart, turn, pass, reasons } = stage();
	begin();
	await until((red) => red === 15);
	turn({ deadline: 1 });
	while (!apart.report().slow) {
		const { promise, resolve } = Promise.withResolvers<void>();
		held = promise;
		using shown = await hooks.frameOut.promise(grey(10), MOMENT);
		expect(shown.data[0]).toBe(10);
		const { late } = apart.report();
		resolve();
		while (apart.report().late === late) await new Promise(setImmediate);
	}
	expect(apart.report().late).toBe(10);
	expect(reasons).toEqual(["The plugin adder is slower than its deadline."]);
	turn({ deadline: 900 });
	pass(1);
	await until((red) => red === 15);
	expect(apart.report().slow).toBe(false);
	expect(reasons.at(-1)).toBeUndefined();
});

test("one that throws is reported where it runs, and the frame goes on as it was", async () => {
	const { begin, until, hooks, turn, failures } = stage();
	begin();
	await until((red) => red !== 10);
	turn({ by: -1 });
	using shown = await hooks.frameOut.promise(grey(10), MOMENT);
	expect(shown.data[0]).toBe(10);
	expect(failures).toEqual(["Error: by less than nothing"]);
});

test("the next process takes over in the middle of a show, without a frame that went on alone", async () => {
	const { begin, until, hooks, apart } = stage();
	begin();
	await until((red) => red !== 10);
	const before = apart.report().bypassed;
	begin();
	for (let i = 0; i < 50; i++) {
		using shown = await hooks.frameOut.promise(grey(10), MOMENT);
		expect(shown.data[0]).toBe(15);
	}
	expect(apart.report().bypassed).toBe(before);
});
