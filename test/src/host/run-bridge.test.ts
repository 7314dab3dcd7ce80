import { expect, test } from "vitest";
import { type Frame, Frame as Picture } from "../../../src/media/frame.ts";
import { RingWriter } from "../../../src/media/ring.ts";
import type { Snapshot } from "../../../src/params/store.ts";
import { GUESTS, ring, turned, Viewer, Watched } from "./company.ts";

function grey(level: number): Frame {
	return new Picture({ width: 8, height: 4 }, new Uint8Array(8 * 4 * 4).fill(level), { captured: 5, made: 6 });
}

/** A source or sink of ours at one ring. */
function bridge(role: "source" | "sink", at: string, first: Snapshot, id = "desk") {
	let snapshot = first;
	const watched = new Watched({
		name: `${role}:main`,
		task: () => ({ role, session: "main", bridge: { module: GUESTS, id }, config: { lamp: "red" }, ring: at }),
		snapshots: () => ({ "": snapshot }),
	});
	watched.supervisor.start();
	return {
		watched,
		turn(next: Snapshot) {
			snapshot = next;
			watched.supervisor.feed();
		},
	};
}

test("a source's frames enter the ring with the time at which they were captured", async () => {
	using input = ring();
	using viewer = new Viewer(input);
	const { watched } = bridge("source", input.name, turned(1, {}));
	await using _ = watched;
	const shown = (await viewer.until(({ red }) => red > 5)).at(-1);
	expect(shown?.captured).toBe(1000 + (shown?.red ?? 0));
	await watched.until(() => Number(watched.reports.at(-1)?.count) > 5);
});

test("a source that comes to its end says so and holds, until a parameter opens it anew", async () => {
	using input = ring();
	using viewer = new Viewer(input);
	const { watched, turn } = bridge("source", input.name, turned(1, { frames: 3 }));
	await using _ = watched;
	await watched.until(() => watched.events.some(([event]) => event === "ended"));
	expect(viewer.now()?.red).toBe(2);
	await watched.until(() => watched.reports.at(-1)?.reason === "It has come to its end.");
	turn(turned(2, { frames: 3, first: 100 }));
	await viewer.until(({ red }) => red === 102);
	expect(watched.supervisor.status().restarts).toBe(0);
});

test("a source that throws what it cannot name ends its process", async () => {
	using input = ring();
	const { watched, turn } = bridge("source", input.name, turned(1, { first: 13 }));
	await using _ = watched;
	expect((await watched.reaches("waiting")).reason).toBe("thirteen");
	turn(turned(2, { first: 14 }));
	using viewer = new Viewer(input);
	await viewer.until(({ red }) => red >= 14);
});

test("a source that is killed leaves its last picture", async () => {
	using input = ring();
	using viewer = new Viewer(input);
	const { watched } = bridge("source", input.name, turned(1, {}));
	await using _ = watched;
	await viewer.until(({ red }) => red > 5);
	watched.kill();
	await watched.reaches("waiting");
	const left = viewer.now();
	expect(left?.red).toBeGreaterThan(5);
	await viewer.until(({ sequence }) => sequence > (left?.sequence ?? 0));
});

test("a sink is given what is in the ring, is opened anew for a parameter, and closed at the end", async () => {
	using output = ring();
	const writer = RingWriter.attach(output.name);
	using first = grey(50);
	writer.write(first);
	const { watched, turn } = bridge("sink", output.name, turned(1, {}));
	const said = (line: string) => watched.until(() => watched.lines.some((said) => said.includes(line)));
	{
		await using _ = watched;
		await said("first was given 50");
		using second = grey(60);
		writer.write(second);
		await said("first was given 60");
		await watched.until(() => Number(watched.reports.at(-1)?.frame) === 2);
		turn(turned(2, { name: "second" }));
		await said("first closed");
		await said("second was given 60");
	}
	expect(watched.lines.some((line) => line.includes("second closed"))).toBe(true);
	writer.close();
});

test("a sink knows its session and settings, says how its lamps stand, and that they are out when it is closed", async () => {
	using output = ring();
	const { watched, turn } = bridge("sink", output.name, turned(1, {}), "panel");
	await using _ = watched;
	const shown = (data: unknown) =>
		watched.until(() => watched.events.some((event) => JSON.stringify(event) === JSON.stringify(["show", data])));
	await shown({ "/lamp": "red of main" });
	turn(turned(2, { name: "second" }));
	await watched.until(() => watched.events.some(([event]) => event === "closed"));
});

test("a sink turns what it may, and hears why it may not turn the rest", async () => {
	using output = ring();
	const { watched } = bridge("sink", output.name, turned(1, {}), "panel");
	await using _ = watched;
	await watched.until(() => watched.turns.length === 2);
	expect(watched.turns).toEqual([{ "/level": 7 }, { "/nothing": "x" }]);
	await watched.until(() => watched.lines.some((line) => line.includes("turned")));
	await watched.until(() => watched.lines.some((line) => line.includes("param/unknown /nothing")));
});

test("a sink waits for a ring that is not there, and says what it waits for", async () => {
	const { watched } = bridge("sink", "mt-nowhere", turned(1, {}));
	await using _ = watched;
	await watched.until(() => String(watched.reports.at(-1)?.reason).includes("mt-nowhere"));
	expect(watched.supervisor.status()).toMatchObject({ state: "running", restarts: 0 });
});

test("a bridge without such a part is no bridge for it", async () => {
	using input = ring();
	const { watched } = bridge("source", input.name, turned(1, {}), "lamp");
	await using _ = watched;
	expect((await watched.reaches("waiting")).reason).toContain("it has no bridge called lamp");
});
