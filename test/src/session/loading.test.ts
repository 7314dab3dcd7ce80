import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import * as z from "zod";
import { MutoscopeError } from "../../../src/base/errors.ts";
import type { MemoryNeed } from "../../../src/contract/artifact.ts";
import { definePipeline, type PipelineDefinition } from "../../../src/contract/pipeline.ts";
import type { Machine } from "../../../src/session/machine.ts";
import { grey, rehearse, snapshotsOf } from "./rehearsal.ts";

const GB = 1e9;

/** A machine with so much memory, of which open pipelines take what they say. */
function machineOf(host: number, taken: { bytes: number }): Machine {
	return {
		file: ({ file }) => `/models/${file}`,
		cache: "",
		compute: {},
		picture: () => Promise.reject(new Error("none")),
		room: async () => ({ host: host - taken.bytes }),
	};
}

interface Made {
	readonly definition: PipelineDefinition;
	opened: number;
	closed: number;
	/** Lets the next opening go on. */
	readonly gate: { open(): void };
}

/** A pipeline of one grey that takes memory while it is open. */
function heavy(id: string, level: number, need: MemoryNeed, taken: { bytes: number }, gated = false): Made {
	const gate = Promise.withResolvers<void>();
	if (!gated) gate.resolve();
	const made: Made = {
		opened: 0,
		closed: 0,
		gate: { open: () => gate.resolve() },
		definition: definePipeline({
			id,
			title: id,
			description: id,
			source: "nobody",
			modes: ["text"],
			params: z.object({}),
			memory: () => need,
			async open({ progress }) {
				progress({ stage: "Loading weights", fraction: 0.5 });
				await gate.promise;
				made.opened++;
				taken.bytes += need.host;
				let closed: true | undefined;
				return {
					rate: () => 10,
					generate: () => ({ frames: [grey(level)] }),
					async [Symbol.asyncDispose]() {
						if (closed) return;
						closed = true;
						made.closed++;
						taken.bytes -= need.host;
					},
				};
			},
		}),
	};
	return made;
}

test("says what is being opened, what is being done and how far it is", async () => {
	const taken = { bytes: 0 };
	const slow = heavy("slow", 7, { host: GB }, taken, true);
	await using show = rehearse(slow.definition, {}, { machine: machineOf(4 * GB, taken) });
	await expect.poll(() => show.report.read().loadingStage).toBe("Loading weights");
	expect(show.report.read()).toMatchObject({ loading: "slow", loadingFraction: 0.5, playing: "" });
	slow.gate.open();
	await show.output.until((shown) => shown.length > 2);
	expect(show.report.read()).toMatchObject({ playing: "slow" });
	expect(show.report.read().loading).toBeUndefined();
});

test("refuses a pipeline that cannot fit, with the numbers, and goes on with the one that plays until another is wanted", async () => {
	const taken = { bytes: 0 };
	const small = heavy("small", 10, { host: GB }, taken);
	const large = heavy("large", 20, { host: 28 * GB }, taken);
	await using show = rehearse(small.definition, {}, { machine: machineOf(4 * GB, taken) });
	await show.output.until((shown) => shown.length > 2);
	show.feed.update(snapshotsOf(1, {}), { pipeline: large.definition, plugins: [] });
	await expect
		.poll(() => show.report.read().reason ?? "")
		.toContain("large needs 28.0 GB of main memory, and 3.0 GB are free");
	const seen = show.output.shown.length;
	await show.output.until((shown) => shown.length > seen + 5);
	expect(show.output.shown.at(-1)?.red).toBe(10);
	expect([large.opened, small.closed]).toEqual([0, 0]);
	show.feed.update(snapshotsOf(2, {}), { pipeline: small.definition, plugins: [] });
	await expect.poll(() => show.report.read().reason).toBeUndefined();
	expect([small.opened, small.closed]).toEqual([1, 0]);
});

test("closes what plays first when the next one fits only without it", async () => {
	const taken = { bytes: 0 };
	const first = heavy("first", 10, { host: 3 * GB }, taken);
	const second = heavy("second", 200, { host: 3 * GB }, taken);
	await using show = rehearse(first.definition, {}, { machine: machineOf(4 * GB, taken) });
	await show.output.until((shown) => shown.length > 2);
	show.feed.update(snapshotsOf(1, {}), { pipeline: second.definition, plugins: [] });
	await show.output.until((shown) => shown.at(-1)?.red === 200);
	expect([first.closed, second.opened, taken.bytes]).toEqual([1, 1, 3 * GB]);
});

test("a pipeline on standby is opened once, and changing to and fro opens nothing", async () => {
	const taken = { bytes: 0 };
	const a = heavy("a", 10, { host: GB }, taken);
	const b = heavy("b", 200, { host: GB }, taken);
	const cast = { pipeline: a.definition, standby: b.definition, plugins: [] };
	const swapped = { pipeline: b.definition, standby: a.definition, plugins: [] };
	await using show = rehearse(a.definition, {}, { machine: machineOf(4 * GB, taken) });
	show.feed.update(snapshotsOf(1, {}), cast);
	await expect.poll(() => b.opened).toBe(1);
	for (const [next, level] of [
		[swapped, 200],
		[cast, 10],
		[swapped, 200],
	] as const) {
		show.feed.update(snapshotsOf(1, {}), next);
		await show.output.until((shown) => shown.at(-1)?.red === level);
	}
	expect([a.opened, b.opened, a.closed, b.closed]).toEqual([1, 1, 0, 0]);
	show.feed.update(snapshotsOf(1, {}), { pipeline: b.definition, plugins: [] });
	await expect.poll(() => a.closed).toBe(1);
});

test("a file that is missing is said, not tried again until the session is told anew", async () => {
	let tries = 0;
	let there = false;
	const machine: Machine = {
		file: ({ file }) => `/models/${file}`,
		cache: "",
		compute: {},
		picture: () => Promise.reject(new Error("none")),
		room: async () => ({ host: GB }),
	};
	const needy = definePipeline({
		id: "needy",
		title: "Needy",
		description: "Needs a file.",
		source: "nobody",
		modes: ["text"],
		params: z.object({}),
		async open() {
			tries++;
			if (!there) {
				throw new MutoscopeError("artifact/missing", { repo: "some/where", file: "weights.pt" });
			}
			return { rate: () => 10, generate: () => ({ frames: [grey(9)] }), async [Symbol.asyncDispose]() {} };
		},
	});
	await using show = rehearse(needy, {}, { machine });
	await expect.poll(() => show.report.read().reason ?? "").toContain("weights.pt of some/where is not on this machine");
	show.feed.update(snapshotsOf(1, {}));
	show.feed.update(snapshotsOf(2, {}));
	for (let turn = 0; turn < 20; turn++) await setImmediate();
	expect(tries).toBe(1);
	there = true;
	show.feed.update({}, { pipeline: needy, plugins: [] });
	await show.output.until((shown) => shown.length > 2);
	expect(tries).toBe(2);
});

test("what a pipeline is opened with besides its parameters opens it anew once it is another", async () => {
	const opened: unknown[] = [];
	const merging = definePipeline({
		id: "merging",
		title: "Merging",
		description: "Merges what is named.",
		source: "nobody",
		modes: ["text"],
		params: z.object({ merge: z.boolean().default(true), name: z.string().default("") }),
		opensWith: ({ merge, name }) => merge && name,
		async open({ params }) {
			opened.push(params);
			return {
				rate: () => 10,
				generate: () => ({ frames: [grey(params.name === "" ? 10 : 20)] }),
				async [Symbol.asyncDispose]() {},
			};
		},
	}) as PipelineDefinition;
	await using show = rehearse(merging, snapshotsOf(1, { "": { merge: true, name: "" } }));
	await show.output.until((shown) => shown.length > 2);
	show.feed.update(snapshotsOf(2, { "": { merge: true, name: "ink" } }));
	await show.output.until((shown) => shown.at(-1)?.red === 20);
	show.feed.update(snapshotsOf(3, { "": { merge: false, name: "ink" } }));
	await show.output.until((shown) => shown.at(-1)?.revision === 3);
	show.feed.update(snapshotsOf(4, { "": { merge: false, name: "rust" } }));
	await show.output.until((shown) => shown.at(-1)?.revision === 4);
	expect(opened.length).toBe(3);
});
