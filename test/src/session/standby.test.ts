import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import * as z from "zod";
import { MutoscopeError } from "../../../src/base/errors.ts";
import { definePipeline, type PipelineDefinition } from "../../../src/contract/pipeline.ts";
import { definePlugin } from "../../../src/contract/plugin.ts";
import type { Machine } from "../../../src/session/machine.ts";
import { grey, rehearse, snapshotsOf } from "./rehearsal.ts";

const GB = 1e9;

/** A machine with so much memory, of which open pipelines take what they say. */
interface Desk {
	readonly machine: Machine;
	readonly log: string[];
	taken: number;
	most: number;
}

function desk(host = 100 * GB): Desk {
	const desk: Desk = {
		log: [],
		taken: 0,
		most: 0,
		machine: {
			file: ({ file }) => file,
			cache: "",
			compute: {},
			picture: () => Promise.reject(new Error("none")),
			room: async () => ({ host: host - desk.taken }),
		},
	};
	return desk;
}

interface Doing {
	readonly need?: number;
	/** Opening waits for it. */
	readonly gate?: Promise<unknown>;
	/** Closing waits for it. */
	readonly exit?: Promise<unknown>;
	/** Throws what opening is to fail with. */
	readonly trap?: () => void;
}

/** A pipeline of one grey, which writes down when it is opened and closed. */
function heavy(desk: Desk, id: string, level: number, { need = GB, gate, exit, trap }: Doing = {}): PipelineDefinition {
	return definePipeline({
		id,
		title: id,
		description: id,
		source: "nobody",
		modes: ["text"],
		params: z.object({ size: z.int().min(1).max(9).default(1).meta({ label: "Size", apply: "reload" }) }),
		memory: () => ({ host: need }),
		async open({ params, progress }, signal) {
			desk.log.push(`open ${id} ${params.size}`);
			progress({ stage: "Loading", fraction: 0.5 });
			desk.taken += need;
			desk.most = Math.max(desk.most, desk.taken);
			try {
				await gate;
				signal.throwIfAborted();
				trap?.();
			} catch (error) {
				desk.taken -= need;
				throw error;
			}
			let closing: Promise<void> | undefined;
			return {
				rate: () => 10,
				generate: () => ({ frames: [grey(level)] }),
				[Symbol.asyncDispose]() {
					closing ??= (async () => {
						await exit;
						desk.taken -= need;
						desk.log.push(`close ${id}`);
					})();
					return closing;
				},
			};
		},
	}) as PipelineDefinition;
}

async function turns(): Promise<void> {
	for (let turn = 0; turn < 20; turn++) await setImmediate();
}

test("a change to the pipeline that is still being opened for standby waits for that one, and opens no second", async () => {
	const at = desk();
	const gate = Promise.withResolvers<void>();
	const a = heavy(at, "a", 10);
	const b = heavy(at, "b", 200, { gate: gate.promise });
	await using show = rehearse(a, {}, { machine: at.machine });
	show.feed.update({}, { pipeline: a, standby: b, plugins: [] });
	await expect.poll(() => at.log).toEqual(["open a 1", "open b 1"]);
	show.feed.update({}, { pipeline: b, standby: a, plugins: [] });
	await turns();
	gate.resolve();
	await show.output.until((shown) => shown.at(-1)?.red === 200);
	show.feed.update({}, { pipeline: a, standby: b, plugins: [] });
	await show.output.until((shown) => shown.at(-1)?.red === 10);
	expect([at.log, at.taken]).toEqual([["open a 1", "open b 1"], 2 * GB]);
});

test("what was taken from standby while it opened is closed when something else is wanted after all", async () => {
	const at = desk();
	const gate = Promise.withResolvers<void>();
	const a = heavy(at, "a", 10);
	const b = heavy(at, "b", 200, { gate: gate.promise });
	const c = heavy(at, "c", 60);
	{
		await using show = rehearse(a, {}, { machine: at.machine });
		show.feed.update({}, { pipeline: a, standby: b, plugins: [] });
		await expect.poll(() => at.log).toContain("open b 1");
		show.feed.update({}, { pipeline: b, plugins: [] });
		await turns();
		show.feed.update({}, { pipeline: c, plugins: [] });
		await turns();
		gate.resolve();
		await show.output.until((shown) => shown.at(-1)?.red === 60);
	}
	expect(at.taken).toBe(0);
});

test("a standby that is to be opened otherwise gives its memory back before it is", async () => {
	const at = desk(3 * GB);
	const exit = Promise.withResolvers<void>();
	const a = heavy(at, "a", 10);
	const b = heavy(at, "b", 200, { need: 2 * GB, exit: exit.promise });
	await using show = rehearse(a, {}, { machine: at.machine });
	const cast = { pipeline: a, standby: b, plugins: [] };
	show.feed.update(snapshotsOf(1, { "/standby": { size: 1 } }), cast);
	await expect.poll(() => at.log).toContain("open b 1");
	await turns();
	show.feed.update(snapshotsOf(2, { "/standby": { size: 2 } }), cast);
	await turns();
	exit.resolve();
	await expect.poll(() => at.log).toEqual(["open a 1", "open b 1", "close b", "open b 2"]);
	expect([at.most, show.report.read().reason]).toEqual([3 * GB, undefined]);
});

test("a standby that could not be opened is tried again once the session is told anew, and not before", async () => {
	const at = desk();
	let there = false;
	const a = heavy(at, "a", 10);
	const trap = () => {
		if (!there) throw new MutoscopeError("artifact/missing", { repo: "some/where", file: "weights.pt" });
	};
	const b = heavy(at, "b", 200, { trap });
	await using show = rehearse(a, {}, { machine: at.machine });
	show.feed.update({}, { pipeline: a, standby: b, plugins: [] });
	await expect.poll(() => show.report.read().reason ?? "").toContain("weights.pt of some/where is not on this machine");
	there = true;
	show.feed.update(snapshotsOf(1, {}));
	await turns();
	expect(at.log).toEqual(["open a 1", "open b 1"]);
	show.feed.update({}, { pipeline: a, standby: b, plugins: [] });
	await expect.poll(() => at.log).toEqual(["open a 1", "open b 1", "open b 1"]);
	await expect.poll(() => show.report.read().reason).toBeUndefined();
});

test("a standby makes room for the pipeline that is to play, before the one that plays does", async () => {
	const at = desk(4 * GB);
	const a = heavy(at, "a", 10);
	const b = heavy(at, "b", 200, { need: 2 * GB });
	const c = heavy(at, "c", 60, { need: 3 * GB });
	await using show = rehearse(a, {}, { machine: at.machine });
	show.feed.update({}, { pipeline: a, standby: b, plugins: [] });
	await expect.poll(() => at.log).toContain("open b 1");
	show.feed.update({}, { pipeline: c, plugins: [] });
	await show.output.until((shown) => shown.at(-1)?.red === 60);
	expect(at.log.slice(0, 4)).toEqual(["open a 1", "open b 1", "close b", "open c 1"]);
});

test("what is not wanted after all is not said to be loading any more", async () => {
	const at = desk();
	const gate = Promise.withResolvers<void>();
	const a = heavy(at, "a", 10);
	const b = heavy(at, "b", 200, { gate: gate.promise });
	await using show = rehearse(a, {}, { machine: at.machine });
	await show.output.until((shown) => shown.length > 2);
	show.feed.update({}, { pipeline: b, plugins: [] });
	await expect.poll(() => show.report.read().loading).toBe("b");
	show.feed.update({}, { pipeline: a, plugins: [] });
	await expect.poll(() => show.report.read().loading).toBeUndefined();
	gate.resolve();
});

test("a plugin goes on moving the pipeline that plays while another one is opened", async () => {
	const at = desk();
	const gate = Promise.withResolvers<void>();
	const next = heavy(at, "next", 200, { gate: gate.promise });
	const level = definePipeline({
		id: "level",
		title: "Level",
		description: "A grey.",
		source: "nobody",
		modes: ["text"],
		params: z.object({ level: z.int().min(0).max(255).default(10) }),
		open: async () => ({
			rate: () => 10,
			generate: (_input, values) => ({ frames: [grey(values.level)] }),
			async [Symbol.asyncDispose]() {},
		}),
	}) as PipelineDefinition;
	let moved = 50;
	const plugin = definePlugin({
		id: "mover",
		title: "Mover",
		description: "Moves.",
		tap: ({ hooks }) => hooks.params.tap("mover", (values) => ({ ...values, level: moved })),
	});
	await using show = rehearse(level, snapshotsOf(1, { "/plugin/mover": { enabled: true } }), {
		plugins: [plugin],
		machine: at.machine,
	});
	await show.output.until((shown) => shown.at(-1)?.red === 50);
	show.feed.update(snapshotsOf(2, { "/plugin/mover": { enabled: true } }), { pipeline: next, plugins: [plugin] });
	await expect.poll(() => at.log).toEqual(["open next 1"]);
	moved = 70;
	await show.output.until((shown) => shown.at(-1)?.red === 70);
	gate.resolve();
	await show.output.until((shown) => shown.at(-1)?.red === 200);
});
