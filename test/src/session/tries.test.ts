import { expect, test } from "vitest";
import { definePipeline } from "../../../src/contract/pipeline.ts";
import { lamp, last, NO_FADE, SIZE } from "./lamp.ts";
import { rehearse, snapshotsOf } from "./rehearsal.ts";

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
