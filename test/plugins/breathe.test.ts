import { pluginContract } from "mutoscope/testing";
import { expect, test } from "vitest";
import * as z from "zod";
import breathe from "../../plugins/breathe/index.ts";
import { definePipeline } from "../../src/contract/pipeline.ts";
import { rehearse, snapshotsOf } from "../src/session/rehearsal.ts";

const params = z.object({
	slots: z
		.array(z.object({ weight: z.number().min(0).max(10).default(5) }))
		.max(2)
		.default([{ weight: 5 }]),
	word: z.string().default("still"),
	size: z.number().min(0).max(10).default(5).meta({ apply: "reload" }),
});

for (const { name, skip, run } of pluginContract(breathe, {
	values: { target: "/slots/1/weight" },
	generator: params,
})) {
	test.skipIf(skip !== undefined)(`breathe ${name}`, run);
}

/** Values of a few seconds under breathe, with the time of each. */
async function breathing(values: Record<string, unknown>, enabled = true) {
	const seen: { time: number; weight: number; values: z.output<typeof params> }[] = [];
	const pipeline = definePipeline({
		id: "scale",
		title: "Scale",
		description: "Remembers what it is given.",
		source: "This test.",
		modes: ["text"],
		params,
		open: async ({ frame }) => ({
			rate: () => 20,
			generate(_input, values, { time }) {
				seen.push({ time, weight: values.slots[0]?.weight ?? Number.NaN, values });
				const made = frame({ width: 2, height: 2 });
				made.data.fill(255);
				return { frames: [made] };
			},
			[Symbol.asyncDispose]: async () => {},
		}),
	});
	const snapshots = snapshotsOf(1, { "": {}, "/plugin/breathe": { enabled, ...values } });
	await using show = rehearse(pipeline, snapshots, { plugins: [breathe] });
	await show.output.until((all) => all.length > 60);
	return seen;
}

test("breathe moves one parameter as a sine around where it was set", async () => {
	for (const { time, weight } of await breathing({ target: "/slots/1/weight", depth: 0.2, period: 2 })) {
		expect(weight).toBeCloseTo(5 + 2 * Math.sin(Math.PI * time), 9);
	}
});

test("breathe stays within the range", async () => {
	const weights = (await breathing({ target: "/slots/1/weight", depth: 1, period: 2 })).map(({ weight }) => weight);
	expect(Math.max(...weights)).toBe(10);
	expect(Math.min(...weights)).toBe(0);
});

test.each(["/word", "/size", "/nothing", ""])("breathe leaves %j alone", async (target) => {
	for (const { values } of await breathing({ target, depth: 1, period: 2 })) {
		expect(values).toMatchObject({ word: "still", size: 5, slots: [{ weight: 5 }, { weight: 5 }] });
	}
});

test("breathe that is switched off moves nothing", async () => {
	const seen = await breathing({ target: "/slots/1/weight" }, false);
	expect(new Set(seen.map(({ weight }) => weight))).toEqual(new Set([5]));
});
