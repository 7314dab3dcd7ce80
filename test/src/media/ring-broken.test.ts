import { spawnSync } from "node:child_process";
import {
	closeSync,
	existsSync,
	openSync,
	readdirSync,
	readFileSync,
	readlinkSync,
	rmSync,
	truncateSync,
	writeFileSync,
	writeSync,
} from "node:fs";
import { fileURLToPath } from "node:url";
import * as fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { MutoscopeError } from "../../../src/base/errors.ts";
import { Ring, RingReader, RingWriter, sweepRings } from "../../../src/media/ring.ts";
import { peer } from "../../peers.ts";
import { patternFrame } from "./pattern.ts";
import { ringName } from "./rings.ts";

const name = ringName();
const path = `/dev/shm/${name}`;
const code = (code: string) => expect.objectContaining({ code });
afterEach(() => rmSync(path, { force: true }));

/** The bytes of a good ring of two small slots, with one frame. */
function goodBytes(): Buffer {
	using ring = Ring.create(name, { slots: 2, maxBytes: 4096 });
	using writer = RingWriter.attach(ring.name);
	writer.write(patternFrame({ width: 8, height: 4 }, 1));
	return readFileSync(path);
}

function linkOf(file: string): string {
	try {
		return readlinkSync(`/proc/self/fd/${file}`);
	} catch {
		return ""; // the one that lists them
	}
}

/** Reads from whatever lies there. Returns the code of the error, if there was one. */
function tryReading(): string | undefined {
	try {
		using reader = RingReader.attach(name);
		reader.latest()?.close();
		return undefined;
	} catch (error) {
		if (error instanceof MutoscopeError) return error.code;
		throw error;
	}
}

describe.skipIf(process.platform !== "linux")("what is no ring (only Linux keeps rings as files)", () => {
	test.each([
		["empty", 0, "ring/unknown"],
		["blank, as of one that died while it made it", 8192, "ring/unknown"],
	])("is refused when it is %s", (_, bytes, expected) => {
		writeFileSync(path, Buffer.alloc(bytes));
		expect(tryReading()).toBe(expected);
		using ring = Ring.create(name);
		expect(ring.name).toBe(name);
	});

	test("is refused and left alone when it is another program's", () => {
		writeFileSync(path, "something else");
		expect(tryReading()).toBe("ring/invalid");
		expect(() => Ring.create(name)).toThrow(code("ring/invalid"));
		expect(sweepRings(name)).toEqual([]);
		expect(readFileSync(path, "utf8")).toBe("something else");
	});

	test("is refused when it is cut short", () => {
		const good = goodBytes();
		for (const bytes of [1, 100, 4095, 4096, 8000, good.length - 1]) {
			writeFileSync(path, good);
			truncateSync(path, bytes);
			expect(tryReading()).toBe("ring/invalid");
		}
	});

	test("never crashes a reader or a writer, whatever its header says", () => {
		const good = goodBytes();
		const edges = [0, 1, 2, 3, 0x7f, 0x80, 0xff];
		const at = fc.oneof(
			fc.nat({ max: 151 }),
			fc.nat({ max: 79 }).map((offset) => 4096 + offset),
		);
		const changes = fc.array(fc.tuple(at, fc.oneof(fc.constantFrom(...edges), fc.nat({ max: 255 }))), {
			minLength: 1,
			maxLength: 12,
		});
		void fc.assert(
			fc.property(changes, (changes) => {
				const bytes = Buffer.from(good);
				for (const [offset, value] of changes) bytes[offset] = value;
				writeFileSync(path, bytes);
				expect([undefined, "ring/invalid", "ring/unknown"]).toContain(tryReading());
				try {
					using writer = RingWriter.attach(name);
					writer.last()?.close();
					writer.write(patternFrame({ width: 16, height: 16 }, 1));
				} catch (error) {
					expect(error).toBeInstanceOf(MutoscopeError);
				}
			}),
			{ numRuns: 2000 },
		);
	});

	test("is refused when each field of its header is as large as can be", () => {
		const good = goodBytes();
		for (let offset = 8; offset < 40; offset += 4) {
			const bytes = Buffer.from(good);
			bytes.fill(0xff, offset, offset + 4);
			writeFileSync(path, bytes);
			expect(tryReading()).toBe("ring/invalid");
		}
	});
});

describe.skipIf(process.platform !== "linux")("a ring on Linux", () => {
	test("is for its user only", () => {
		using _ring = Ring.create(name);
		const { mode } = JSON.parse(spawnSync("stat", ['--printf={"mode":"%a"}', path], { encoding: "utf8" }).stdout);
		expect(mode).toBe("600");
	});

	test("of a process whose number another one got is taken for dead", () => {
		const good = goodBytes();
		good.writeUInt32LE(process.ppid, 40);
		writeFileSync(path, good);
		// The parent lives, but began at another time than the header says.
		using ring = Ring.create(name);
		expect(ring.name).toBe(name);
	});

	test("of a process that began when the header says is alive", () => {
		const good = goodBytes();
		writeFileSync(path, good);
		expect(() => Ring.create(name)).toThrow(code("ring/exists"));
	});

	test("takes a slot back in which a writer died", () => {
		using ring = Ring.create(name, { slots: 2 });
		using writer = RingWriter.attach(ring.name);
		writer.write(patternFrame({ width: 4, height: 4 }, 1));
		const file = openSync(path, "r+");
		// The other slot's lock is odd, and no process has the number of the one that locked it.
		const other = 4096 + Math.ceil((128 + 3840 * 2160 * 4) / 4096) * 4096;
		writeSync(file, Buffer.from([7, 0, 0, 0]), 0, 4, other);
		writeSync(file, Buffer.from([0xff, 0xff, 0xff, 0x7f]), 0, 4, other + 64);
		closeSync(file);
		using reader = RingReader.attach(ring.name);
		expect(reader.latest()?.chunk).toBe(1);
		expect(writer.write(patternFrame({ width: 4, height: 4 }, 2))).toBe(2);
		expect(reader.latest()?.chunk).toBe(2);
	});

	const unshare = (process.platform === "linux" && peer("unshare")) || "unshare";
	const isAllowed = spawnSync(unshare, ["-Urm", "mount", "-t", "tmpfs", "tmpfs", "/dev/shm"]).status === 0;
	const title = "says that memory is full instead of dying (needs a mount namespace: unshare -Urm)";
	test.skipIf(!isAllowed && !process.env.CI)(title, () => {
		const script = fileURLToPath(new URL("ring-full.child.ts", import.meta.url));
		const shell = 'mount -t tmpfs -o size=1m tmpfs /dev/shm && exec "$0" --conditions=mutoscope:source "$1"';
		const words = ["-Urm", "sh", "-c", shell, process.execPath, script];
		const { stdout, stderr } = spawnSync(unshare, words, { encoding: "utf8" });
		expect(stderr).toBe("");
		expect(JSON.parse(stdout)).toEqual({ small: 1, code: "ring/no-memory", held: 1, next: 2, full: "ring/no-memory" });
	});

	test("leaves nothing behind", async () => {
		const held = () => ({
			files: readdirSync("/proc/self/fd").filter((file) => linkOf(file).startsWith(path)).length,
			mappings: readFileSync("/proc/self/maps", "utf8").split(path).length - 1,
		});
		for (let count = 0; count < 100; count++) {
			using ring = Ring.create(name);
			using writer = RingWriter.attach(ring.name);
			const reader = RingReader.attach(ring.name);
			writer.write(patternFrame({ width: 4, height: 4 }, 1));
			(await reader.next())?.close();
			const waiting = reader.next();
			reader.close();
			await waiting;
		}
		expect(existsSync(path)).toBe(false);
		expect(held()).toEqual({ files: 0, mappings: 0 });
	});
});
