import { expect, test } from "vitest";
import * as z from "zod";
import { definePipeline, type PipelineDefinition } from "../../../src/contract/pipeline.ts";
import { grey, rehearse, snapshotsOf } from "./rehearsal.ts";

/** Makes two frames of what it is given, or of one grey. */
const main = definePipeline({
	id: "main",
	title: "Main",
	description: "Two frames a chunk.",
	source: "nobody",
	modes: ["text"],
	params: z.object({}),
	async open() {
		return {
			rate: () => 10,
			generate: () => ({ frames: [grey(10), grey(10)] }),
			async [Symbol.asyncDispose]() {},
		};
	},
});

const echo = definePipeline({
	...main,
	id: "echo",
	async open() {
		return {
			demand: () => ({ frames: 4, wait: true }),
			rate: () => 10,
			generate: (input) => input,
			async [Symbol.asyncDispose]() {},
		};
	},
});

/** Adds `by` to every frame, in groups of two; throws on `trap`. */
function adding(usage: "preprocessor" | "postprocessor", groups: number[], { twice = false } = {}): PipelineDefinition {
	const params = z.object({ by: z.int().min(0).max(100).default(100), trap: z.boolean().default(false) });
	return definePipeline({
		id: "adding",
		title: "Adding",
		description: "Adds to every frame.",
		source: "nobody",
		modes: ["video"],
		params,
		usage: [usage],
		async open() {
			return {
				demand: () => ({ frames: 2, wait: true }),
				generate({ frames }, { by, trap }) {
					groups.push(frames.length);
					if (trap) throw new Error("trapped");
					const made = frames.map((frame) => grey((frame.data[0] ?? 0) + by));
					for (const frame of frames) frame.close();
					return { frames: twice ? made.flatMap((frame) => [frame, frame.clone()]) : made };
				},
				async [Symbol.asyncDispose]() {},
			};
		},
	}) as PipelineDefinition;
}

const turned = (revision: number, values: Record<string, unknown>) =>
	snapshotsOf(revision, { "/stage/adding": values });

test("frames pass a preprocessor on their way in, in groups of as many as it asks for, while it is on", async () => {
	const groups: number[] = [];
	const stages = [adding("preprocessor", groups)];
	await using show = rehearse(echo);
	show.feed.update(turned(1, { enabled: true }), { pipeline: echo, stages, plugins: [] });
	let level = 20;
	const feeding = setInterval(() => show.source.write(grey(level)), 1);
	try {
		await show.output.until((shown) => shown.at(-1)?.red === 120);
		expect(new Set(groups)).toEqual(new Set([2]));
		level = 30;
		show.feed.update(turned(2, { enabled: true, by: 5 }));
		await show.output.until((shown) => shown.at(-1)?.red === 35);
		show.feed.update(turned(3, { enabled: false }));
		await show.output.until((shown) => shown.at(-1)?.red === 30);
	} finally {
		clearInterval(feeding);
	}
});

test("frames pass a postprocessor on their way out; one that makes more of them does not make the chunk longer", async () => {
	const stages = [adding("postprocessor", [], { twice: true })];
	await using show = rehearse(main);
	show.feed.update(turned(1, { enabled: true }), { pipeline: main, stages, plugins: [] });
	await show.output.until((shown) => shown.slice(-8).every(({ red }) => red === 110) && shown.length > 8);
	const settled = show.output.shown.slice(-4).map(({ at }) => at);
	expect((settled[3] ?? 0) - (settled[0] ?? 0)).toBeCloseTo(3 / 20, 5);
});

test("a stage that throws is switched off, its frames pass as they were, and switched on anew it is tried again", async () => {
	const groups: number[] = [];
	const stages = [adding("postprocessor", groups)];
	await using show = rehearse(main);
	show.feed.update(turned(1, { enabled: true, trap: true }), { pipeline: main, stages, plugins: [] });
	await expect.poll(() => show.failures).toEqual(["adding Error: trapped"]);
	const tries = groups.length;
	const seen = show.output.shown.length;
	await show.output.until((shown) => shown.length > seen + 6);
	expect(groups.length).toBe(tries);
	expect(show.output.shown.at(-1)?.red).toBe(10);
	show.feed.update(turned(2, { enabled: false }));
	await show.output.until((shown) => shown.length > seen + 12);
	show.feed.update(turned(3, { enabled: true }));
	await show.output.until((shown) => shown.at(-1)?.red === 110);
});

test("a stage that fails when it is asked what it wants is switched off; the pipeline is not blamed, no frame lost", async () => {
	let opened = 0;
	const counted: PipelineDefinition = {
		...main,
		open: (context, signal) => {
			opened++;
			return main.open(context as never, signal);
		},
	};
	const asking: PipelineDefinition = {
		...adding("postprocessor", []),
		async open() {
			return {
				demand() {
					throw new Error("do not ask");
				},
				generate: (input) => input,
				async [Symbol.asyncDispose]() {},
			};
		},
	};
	await using show = rehearse(counted);
	show.feed.update(turned(1, { enabled: true }), { pipeline: counted, stages: [asking], plugins: [] });
	await expect.poll(() => show.failures).toEqual(["adding Error: do not ask"]);
	const seen = show.output.shown.length;
	await show.output.until((shown) => shown.length > seen + 6);
	expect(opened).toBe(1);
});

test("a stage that there is no more is closed", async () => {
	let closed = 0;
	const stage: PipelineDefinition = {
		...adding("postprocessor", []),
		async open() {
			return { generate: (input) => input, [Symbol.asyncDispose]: async () => void closed++ };
		},
	};
	await using show = rehearse(main);
	show.feed.update(turned(1, { enabled: true }), { pipeline: main, stages: [stage], plugins: [] });
	await show.output.until((shown) => shown.length > 8);
	show.feed.update(turned(2, { enabled: true }), { pipeline: main, stages: [], plugins: [] });
	await expect.poll(() => closed).toBe(1);
});
