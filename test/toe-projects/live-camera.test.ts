import { readFileSync } from "node:fs";
import { describe, expect, onTestFinished, test } from "vitest";
import { monotonic } from "../../src/media/clock.ts";
import { Frame } from "../../src/media/frame.ts";
import { Ring, RingWriter } from "../../src/media/ring.ts";
import { peer } from "../peers.ts";
import { Double, PROJECTS } from "./double.ts";
import { Session } from "./session.ts";

const python = peer("python3");
const shared = process.platform === "linux" ? python : undefined;
const [, project] = PROJECTS;

/** Every row another colour: the first is 0. */
function rows(width: number, height: number): Frame {
	const pixels = Array.from({ length: height }, (_, row) => Array<number>(width * 4).fill(row + 1)).flat();
	const now = monotonic();
	return new Frame({ width, height }, Uint8Array.from(pixels), { captured: now, made: now });
}

describe.skipIf(!python)("live-camera in a double of TouchDesigner (needs python3)", () => {
	test("Start chooses NDI as the source, by the name under which it sends; all addresses are there", async () => {
		await using double = new Double(python as string, project);
		const { store } = new Session("longlive");
		await double.do({ do: "set", par: "Back", value: "ndi" });
		const { sent } = await double.do({ do: "pulse", par: "Start" });
		expect(sent).toEqual([
			["/main/source/kind", ["ndi"]],
			["/main/source/name", ["TouchDesigner"]],
			["/main/sink/ndi/enabled", [1]],
		]);
		for (const [address, [value]] of sent) store.set([[address, value]], "osc");
		expect(store.get("/main/source/name")).toBe("TouchDesigner");
		expect(store.get("/main/sink/ndi/enabled")).toBe(true);
	});

	test("loudness goes to an address that every number has, while it listens", async () => {
		await using double = new Double(python as string, project);
		const { store } = new Session("longlive");
		expect((await double.do({ do: "channels" })).result).toEqual([]);
		await double.do({ do: "set", par: "Listen", value: true });
		const [address] = (await double.do({ do: "channels" })).result as [string];
		expect(address).toBe("/main/noise/scale/norm");
		store.set([[address, 0.9]], "osc");
		expect(store.get("/main/noise/scale")).toBeCloseTo(0.9);
	});

	test("the memory that a script of it reads is laid out as the page of the ring says", () => {
		const script = readFileSync("toe-projects/live-camera/dats/ring.py", "utf8");
		const [, header] = /HEADER = struct.Struct\("(.*)"\)/.exec(script) ?? [];
		const [, slot] = /SLOT = struct.Struct\("(.*)"\)/.exec(script) ?? [];
		const example = readFileSync("examples/read-ring.py", "utf8");
		expect(example).toContain(`HEADER = struct.Struct("${header}")`);
		expect(example).toContain(`SLOT = struct.Struct("${slot}")`);
	});

	describe.skipIf(!shared)("with shared memory (Linux)", () => {
		const name = `mutest-td-${process.pid}`;

		/** What the Script TOP shows after a frame. */
		async function shown(double: Double, seconds: number) {
			await double.do({ do: "frame", seconds });
			return (await double.do({ do: "picture", op: "from_ring" })).result as { shape: number[]; data: number[] } | null;
		}

		test("the newest frame of a ring is in the TOP, its last row first; another size follows", async () => {
			using ring = Ring.create(name);
			using writer = RingWriter.attach(ring.name);
			await using double = new Double(shared as string, project);
			await double.do({ do: "set", par: "Ring", value: name });
			expect(await shown(double, 1)).toBeNull();
			writer.write(rows(2, 3));
			writer.write(rows(3, 2));
			expect(await shown(double, 2)).toEqual({ shape: [2, 3, 4], data: [...Array(12).fill(2), ...Array(12).fill(1)] });
			writer.write(rows(1, 1));
			expect(await shown(double, 3)).toEqual({ shape: [1, 1, 4], data: [1, 1, 1, 1] });
		});

		test("a ring that ends and comes back is opened again; until then the last picture stays", async () => {
			await using double = new Double(shared as string, project);
			await double.do({ do: "set", par: "Ring", value: name });
			expect(await shown(double, 1)).toBeNull();
			{
				using ring = Ring.create(name);
				using writer = RingWriter.attach(ring.name);
				writer.write(rows(1, 2));
				expect((await shown(double, 2))?.shape).toEqual([2, 1, 4]);
			}
			expect((await shown(double, 3))?.shape).toEqual([2, 1, 4]);
			const ring = Ring.create(name);
			onTestFinished(() => ring[Symbol.dispose]());
			using writer = RingWriter.attach(ring.name);
			writer.write(rows(4, 1));
			expect((await shown(double, 4))?.shape).toEqual([1, 4, 4]);
		});

		test("by NDI the ring is left alone", async () => {
			using ring = Ring.create(name);
			using writer = RingWriter.attach(ring.name);
			writer.write(rows(1, 1));
			await using double = new Double(shared as string, project);
			await double.do({ do: "set", par: "Ring", value: name });
			await double.do({ do: "set", par: "Back", value: "ndi" });
			expect(await shown(double, 1)).toBeNull();
		});
	});
});
