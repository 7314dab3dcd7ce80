import { definePlugin, Frame } from "mutoscope/sdk";
import { afterEach, expect, vi } from "vitest";
import * as z from "zod";
import { createHooks, type Hooks } from "../../../../src/contract/hooks.ts";
import { monotonic } from "../../../../src/media/clock.ts";
import { Ring } from "../../../../src/media/ring.ts";
import { Answerer } from "../../../../src/session/apart/answerer.ts";
import { Apart } from "../../../../src/session/apart/caller.ts";
import { Link } from "../../../../src/session/apart/link.ts";
import { apartRings, NOTE_BYTES } from "../../../../src/session/apart/rings.ts";
import { Plugins } from "../../../../src/session/plugins.ts";
import { silent } from "../../../../src/testing/clause.ts";
import { grey } from "../rehearsal.ts";

/** When whatever is asked is asked. */
export const MOMENT = { session: "main", chunk: 3, time: 1.5 };

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
	vi.useRealTimers();
});

/** Keeps the plugin from answering until what is returned is called. */
export function hold(): () => void {
	const { promise, resolve } = Promise.withResolvers<void>();
	held = promise;
	return resolve;
}

let count = 0;

/** Both ends of a plugin that runs apart, in this process, and everything that was said. */
export function stage(clock = monotonic) {
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
	/** A session that plays with it. */
	const join = () => {
		const apart = new Apart({
			id: adder.id,
			ring: base,
			turned: () => ({ revision, values, fired: {} }),
			clock: () => clock() + passed,
			log: silent,
			because: (reason) => void reasons.push(reason),
		});
		owned.push(() => apart[Symbol.dispose]());
		const hooks: Hooks = createHooks((_plugin, _hook, error) => void failures.push(String(error)));
		apart.plugin.tap?.({ hooks, params: () => ({}), param: () => undefined, log: silent });
		return { apart, hooks };
	};
	const { apart, hooks } = join();
	const turn = (more: Record<string, unknown>) => {
		values = { ...values, ...more };
		revision++;
	};
	return {
		apart,
		hooks,
		reasons,
		failures,
		join,
		turn,
		/** Seconds pass for the session. */
		pass(seconds: number) {
			passed += seconds;
		},
		/** Another process of the plugin begins. */
		begin() {
			let turned = { revision, values, fired: {} };
			const plugins = new Plugins({ plugins: [adder], params: [], part: () => turned }, silent, (_p, _h, error) => {
				failures.push(String(error));
			});
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
		/** The plugin's end, for a test that answers itself. */
		answering() {
			const link = Link.answering(base);
			owned.push(() => link[Symbol.dispose]());
			return link;
		},
		/** Does it until the other end is asked; what waits then, and what is asked. */
		async ask<T>(link: Link, act: () => Promise<T>) {
			const waiting: Promise<T>[] = [];
			let note: unknown;
			const heard = link.hear().then((said) => {
				note = said;
			});
			while (note === undefined) {
				waiting.push(act());
				await new Promise(setImmediate);
			}
			await heard;
			return { note, waiting };
		},
		/** A frame goes on without the plugin, which answers afterwards. */
		async miss(): Promise<void> {
			turn({ deadline: 1 });
			const release = hold();
			using shown = await hooks.frameOut.promise(grey(10), MOMENT);
			expect(shown.data[0]).toBe(10);
			const { late } = apart.report();
			release();
			while (apart.report().late === late) await new Promise(setImmediate);
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
