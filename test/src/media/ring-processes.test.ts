import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { afterEach, describe, expect, test } from "vitest";
import { Ring, RingReader, RingWriter, sweepRings } from "../../../src/media/ring.ts";
import { isWhole, patternFrame } from "./pattern.ts";
import { hear, kill, ringChild, ringName } from "./rings.ts";

const children: ChildProcess[] = [];
afterEach(async () => {
	for (const child of children.splice(0)) if (child.exitCode === null && child.signalCode === null) await kill(child);
});

async function start(...words: (string | number)[]): Promise<ChildProcess> {
	const child = await ringChild(...words);
	children.push(child);
	return child;
}

describe("between processes", () => {
	test("no frame is torn while a writer writes as fast as it can", async () => {
		using ring = Ring.create(ringName());
		const readers = await Promise.all([1, 2, 3].map(() => start("read", ring.name, 200)));
		const results = readers.map((reader) => hear(reader, "read"));
		await start("write", ring.name);
		for (const result of await Promise.all(results)) {
			expect(result).toEqual({ at: "read", frames: 200, torn: 0, backwards: 0 });
		}
	});

	test("a writer killed at any moment neither hangs nor misleads a reader, and the next one goes on", async () => {
		using ring = Ring.create(ringName());
		using reader = RingReader.attach(ring.name);
		let last = 0;
		for (let round = 0; round < 6; round++) {
			const writer = await start("write", ring.name);
			for (let count = 0; count < 20 + round; count++) {
				using frame = await reader.next();
				expect(frame && isWhole(frame)).toBe(true);
				expect(frame?.sequence).toBeGreaterThan(last);
				last = frame?.sequence ?? 0;
			}
			await kill(writer);
			using held = reader.latest();
			expect(held && isWhole(held)).toBe(true);
			expect(held?.sequence).toBeGreaterThanOrEqual(last);
		}
	});

	test("two writers at once do not harm a reader: the older one is refused", async () => {
		using ring = Ring.create(ringName());
		const reader = await start("read", ring.name, 400);
		const result = hear(reader, "read");
		const older = await start("write", ring.name);
		const refused = hear(older, "refused");
		await start("write", ring.name);
		expect((await refused).code).toBe("ring/taken");
		expect(await result).toMatchObject({ frames: 400, torn: 0, backwards: 0 });
	});

	test("a writer that was stopped in its tracks does not keep the next one out", async () => {
		using ring = Ring.create(ringName());
		using reader = RingReader.attach(ring.name);
		const stuck = await start("write", ring.name);
		(await reader.next())?.close();
		stuck.kill("SIGSTOP");
		using writer = RingWriter.attach(ring.name);
		for (let count = 1; count <= 20; count++) {
			writer.write(patternFrame({ width: 32, height: 32 }, 1000 + count));
			using frame = reader.latest();
			expect(frame?.chunk).toBe(1000 + count);
		}
		const refused = hear(stuck, "refused");
		stuck.kill("SIGCONT");
		expect((await refused).code).toBe("ring/taken");
		using frame = reader.latest();
		expect(frame?.chunk).toBe(1020);
	});
});

describe("the ring of an owner that died", () => {
	test("is closed for its readers and made anew", async () => {
		const name = ringName();
		const owner = await start("own", name);
		expect(() => Ring.create(name)).toThrow(expect.objectContaining({ code: "ring/exists" }));
		using reader = RingReader.attach(name);
		await kill(owner);
		const next = reader.next();
		using ring = Ring.create(name);
		expect(await next).toBeUndefined();
		using writer = RingWriter.attach(ring.name);
		using again = RingReader.attach(ring.name);
		writer.write(patternFrame({ width: 4, height: 4 }, 1));
		expect((await again.next())?.sequence).toBe(1);
	});

	test("is swept, and that of a live owner is not", async () => {
		const prefix = ringName();
		const [dead, live] = await Promise.all([start("own", `${prefix}-dead`), start("own", `${prefix}-live`)]);
		await kill(dead);
		expect(sweepRings(prefix)).toEqual([`${prefix}-dead`]);
		expect(sweepRings(prefix)).toEqual([]);
		await kill(live);
		expect(sweepRings(prefix)).toEqual([`${prefix}-live`]);
	});

	test("ends with the process: a reader that waits keeps no process alive that has done its work", async () => {
		using ring = Ring.create(ringName());
		using writer = RingWriter.attach(ring.name);
		writer.write(patternFrame({ width: 4, height: 4 }, 1));
		const reader = await start("read", ring.name, 1);
		const [code] = await once(reader, "exit");
		expect(code).toBe(0);
	});
});
