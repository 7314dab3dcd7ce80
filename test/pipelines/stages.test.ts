import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Frame } from "mutoscope/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import gray from "../../pipelines/gray/index.ts";
import passthrough from "../../pipelines/passthrough/index.ts";
import rife from "../../pipelines/rife/index.ts";
import scribble from "../../pipelines/scribble/index.ts";
import type { Machine } from "../../src/session/machine.ts";
import { rehearse, snapshotsOf } from "../src/session/rehearsal.ts";
import { rifeShapes } from "./rife/shapes.ts";
import { scribbleShapes } from "./scribble/shapes.ts";
import { writeMade } from "./wan/weights.ts";

const folder = mkdtempSync(join(tmpdir(), "mutoscope-"));
beforeAll(async () => {
	await writeMade(join(folder, "flownet.pkl"), rifeShapes());
	await writeMade(join(folder, "netG_A_latest.pth"), scribbleShapes());
});
afterAll(() => rmSync(folder, { recursive: true }));

const machine: Machine = {
	compute: { provider: "cpu", threads: 1 },
	cache: folder,
	picture: () => Promise.reject(new Error("there are no pictures here")),
	file: ({ file }) => join(folder, file.slice(file.lastIndexOf("/") + 1)),
	room: async () => ({ host: Number.POSITIVE_INFINITY }),
};
const size = { width: 32, height: 16 };

/** A red frame. */
function red(captured: number): Frame {
	const data = new Uint8Array(size.width * size.height * 4);
	for (let i = 0; i < data.length; i += 4) data.set([255, 0, 0, 255], i);
	return new Frame(size, data, { captured });
}

test("a session shows what the stages make: grey before the pipeline, twice as many frames after it", async () => {
	const on = (revision: number, stages: readonly string[]) =>
		snapshotsOf(revision, {
			"": size,
			"/session": { fade: 0 },
			...Object.fromEntries(stages.map((id) => [`/stage/${id}`, { enabled: true }])),
		});
	await using show = rehearse(passthrough, on(1, []), { machine });
	const cast = { pipeline: passthrough, stages: [gray, scribble, rife], plugins: [] };
	let captured = 1;
	const feeding = setInterval(() => show.source.write(red(++captured)), 5);
	try {
		await show.output.until((shown) => shown.at(-1)?.red === 255);
		show.feed.update(on(2, ["gray"]), cast);
		await show.output.until((shown) => shown.at(-1)?.red === 76);
		show.feed.update(on(3, ["gray", "rife"]), cast);
		// What is between two frames has the stamp of the second.
		await show.output.until((shown) => shown.at(-1)?.captured === shown.at(-2)?.captured && shown.at(-1)?.red === 76);
		show.feed.update(on(4, ["scribble"]), cast);
		await show.output.until((shown) => ![76, 255].includes(shown.at(-1)?.red ?? 76));
		expect(show.failures).toEqual([]);
	} finally {
		clearInterval(feeding);
	}
});
