import { expect, test } from "vitest";
import { definePlugin } from "../../../src/contract/plugin.ts";
import { Frame } from "../../../src/media/frame.ts";
import { lamp, last, NO_FADE } from "./lamp.ts";
import { rehearse, snapshotsOf } from "./rehearsal.ts";

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
