import { afterEach, describe, expect, test } from "vitest";
import { Frame } from "../../../src/media/frame.ts";
import { Ring, RingReader, RingWriter } from "../../../src/media/ring.ts";
import { isWhole, patternFrame } from "./pattern.ts";
import { ringName } from "./rings.ts";

const small = { width: 16, height: 8 };
const open: Disposable[] = [];
afterEach(() => {
	for (const thing of open.splice(0).reverse()) thing[Symbol.dispose]();
});

function keep<T extends Disposable>(thing: T): T {
	open.push(thing);
	return thing;
}

function setUp() {
	const { name } = keep(Ring.create(ringName()));
	return { name, writer: keep(RingWriter.attach(name)), reader: keep(RingReader.attach(name)) };
}

describe("a ring", () => {
	test("carries pixels, stamp, size and alpha", async () => {
		const { writer, reader } = setUp();
		const stamp = { captured: 1.25, made: 2.5, chunk: 2 ** 40 + 1, revision: 2 ** 33 + 3 };
		const data = Uint8Array.from({ length: 24 }, (_, index) => index * 10);
		const sequence = writer.write(new Frame({ width: 3, height: 2 }, data, { ...stamp, alpha: true }));
		using frame = await reader.next();
		expect(frame).toMatchObject({ ...stamp, alpha: true, sequence, size: { width: 3, height: 2 } });
		expect(frame?.data).toEqual(data);
		expect(frame?.shown).toBeGreaterThan(0);
	});

	test("gives the newest frame, and each only once", async () => {
		const { writer, reader } = setUp();
		for (let count = 1; count <= 10; count++) writer.write(patternFrame(small, count));
		expect((await reader.next())?.chunk).toBe(10);
		expect(reader.fresh()).toBeUndefined();
		const next = reader.next();
		writer.write(patternFrame(small, 11));
		expect((await next)?.chunk).toBe(11);
	});

	test("shows the newest frame again to whoever asks for the latest", () => {
		const { writer, reader } = setUp();
		expect(reader.latest()).toBeUndefined();
		writer.write(patternFrame(small, 1));
		expect(reader.latest()?.chunk).toBe(1);
		expect(reader.latest()?.chunk).toBe(1);
		expect(reader.fresh()).toBeUndefined();
	});

	test("lets a reader look at a frame where it lies, once", async () => {
		const { writer, reader } = setUp();
		expect(reader.look(() => expect.unreachable())).toBeUndefined();
		writer.write(patternFrame(small, 1));
		expect(await reader.changed()).toBe(true);
		const seen: Uint8Array[] = [];
		const head = reader.look((pixels) => void seen.push(pixels.slice()));
		expect(head).toMatchObject({ chunk: 1, sequence: 1, size: small });
		expect(seen).toEqual([patternFrame(small, 1).data]);
		expect(reader.look(() => expect.unreachable())).toBeUndefined();
	});

	test("lets a reader look again when a writer overtook it", () => {
		const { writer, reader } = setUp();
		writer.write(patternFrame(small, 1));
		const seen: number[] = [];
		const head = reader.look((_, { chunk }) => {
			seen.push(chunk);
			for (let chunk = 2; seen.length === 1 && chunk <= 4; chunk++) writer.write(patternFrame(small, chunk));
		});
		expect(seen).toEqual([1, 4]);
		expect(head?.chunk).toBe(4);
	});

	test("lets the size change at every frame", async () => {
		const { writer, reader } = setUp();
		for (let count = 1; count <= 40; count++) {
			const size = { width: 1 + ((count * 97) % 800), height: 1 + ((count * 31) % 300) };
			writer.write(patternFrame(size, count));
			using frame = await reader.next();
			expect(frame?.size).toEqual(size);
			expect(frame && isWhole(frame)).toBe(true);
		}
	});

	test("has any number of readers", async () => {
		const { name, writer } = setUp();
		const readers = Array.from({ length: 8 }, () => keep(RingReader.attach(name)));
		const next = readers.map((reader) => reader.next());
		writer.write(patternFrame(small, 5));
		expect((await Promise.all(next)).map((frame) => frame?.chunk)).toEqual(Array(8).fill(5));
	});

	test("outlives its writer, and the next one goes on counting", () => {
		const { name, writer, reader } = setUp();
		expect(writer.write(patternFrame(small, 1))).toBe(1);
		writer.close();
		const next = keep(RingWriter.attach(name));
		expect(next.sequence).toBe(1);
		expect(next.last()?.chunk).toBe(1);
		expect(next.write(patternFrame(small, 2))).toBe(2);
		expect(reader.latest()?.chunk).toBe(2);
	});

	test("belongs to the newest writer", () => {
		const { name, writer, reader } = setUp();
		writer.write(patternFrame(small, 1));
		const usurper = keep(RingWriter.attach(name));
		expect(() => writer.write(patternFrame(small, 2))).toThrow(expect.objectContaining({ code: "ring/taken" }));
		usurper.write(patternFrame(small, 3));
		expect(reader.latest()).toMatchObject({ chunk: 3, sequence: 2 });
	});

	test("uses the memory of closed frames again", async () => {
		const { writer, reader } = setUp();
		writer.write(patternFrame(small, 1));
		const first = await reader.next();
		const data = first?.data;
		first?.close();
		writer.write(patternFrame(small, 2));
		expect((await reader.next())?.data).toBe(data);
	});
});

describe("waiting for a frame", () => {
	test("ends with the signal's reason, at once, and the reader goes on", async () => {
		const { writer, reader } = setUp();
		const abort = new AbortController();
		const next = reader.next(abort.signal);
		await new Promise(setImmediate);
		const reason = new Error("enough");
		abort.abort(reason);
		await expect(next).rejects.toBe(reason);
		await expect(reader.next(abort.signal)).rejects.toBe(reason);
		const again = reader.next();
		writer.write(patternFrame(small, 1));
		expect((await again)?.chunk).toBe(1);
	});

	test("ends with nothing when the reader is closed", async () => {
		const { reader } = setUp();
		const next = reader.next();
		await new Promise(setImmediate);
		reader.close();
		expect(await next).toBeUndefined();
	});

	test("ends with false for one who only looks", async () => {
		const { reader } = setUp();
		const changed = reader.changed();
		await new Promise(setImmediate);
		reader.close();
		expect(await changed).toBe(false);
		expect(reader.look(() => expect.unreachable())).toBeUndefined();
	});

	test("ends with nothing when the ring is closed, after the last frame", async () => {
		const ring = Ring.create(ringName());
		using writer = RingWriter.attach(ring.name);
		using reader = RingReader.attach(ring.name);
		using idle = RingReader.attach(ring.name);
		const waiting = idle.next();
		await new Promise(setImmediate);
		writer.write(patternFrame(small, 1));
		ring.close();
		expect((await reader.next())?.chunk).toBe(1);
		expect(await reader.next()).toBeUndefined();
		expect((await waiting)?.chunk).toBe(1);
	});

	test("leaves the event loop to others, even when there is always a frame", async () => {
		const { writer, reader } = setUp();
		let others = 0;
		const timer = setInterval(() => others++, 0);
		for (let count = 1; others < 3; count++) {
			writer.write(patternFrame(small, count));
			expect((await reader.next())?.chunk).toBe(count);
		}
		clearInterval(timer);
	});
});

describe("a ring refuses", () => {
	const code = (code: string) => expect.objectContaining({ code });

	test.each(["", ".", "..", "a/b", "Upper", "ä", "a".repeat(31), "a\0b"])("the name %j", (name) => {
		expect(() => Ring.create(name)).toThrow(code("ring/invalid"));
		expect(() => RingReader.attach(name)).toThrow(code("ring/invalid"));
	});

	test("a name that a live process has", () => {
		const { name } = setUp();
		expect(() => Ring.create(name)).toThrow(
			expect.objectContaining({ code: "ring/exists", details: { ring: name, pid: process.pid } }),
		);
	});

	test("readers and writers when there is none", () => {
		expect(() => RingReader.attach("mutest-none")).toThrow(code("ring/unknown"));
		expect(() => RingWriter.attach("mutest-none")).toThrow(code("ring/unknown"));
	});

	test("a frame larger than it was made for, and takes the next", () => {
		const { name } = keep(Ring.create(ringName(), { slots: 2, maxBytes: 1024 }));
		const writer = keep(RingWriter.attach(name));
		expect(() => writer.write(patternFrame({ width: 257, height: 1 }, 1))).toThrow(code("ring/too-large"));
		expect(writer.write(patternFrame({ width: 256, height: 1 }, 2))).toBe(1);
	});

	test("a frame without pixels", () => {
		const { writer } = setUp();
		expect(() => writer.write(patternFrame({ width: 0, height: 9 }, 1))).toThrow(TypeError);
	});

	test("everything after it was closed, and may be closed twice", async () => {
		const { name, writer, reader } = setUp();
		const [ring] = open as [Ring];
		for (let twice = 0; twice < 2; twice++) {
			writer.close();
			reader.close();
			ring.close();
		}
		expect(() => writer.write(patternFrame(small, 1))).toThrow(TypeError);
		expect(() => writer.last()).toThrow(TypeError);
		expect(await reader.next()).toBeUndefined();
		expect(reader.latest()).toBeUndefined();
		expect(() => RingReader.attach(name)).toThrow(code("ring/unknown"));
	});
});
