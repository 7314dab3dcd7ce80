import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { monotonic } from "../../src/media/clock.ts";
import { Frame } from "../../src/media/frame.ts";
import { Ring, RingReader, RingWriter } from "../../src/media/ring.ts";
import { peer } from "../peers.ts";

const python = process.platform === "linux" ? peer("python3") : undefined;
const example = (name: string) => fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));
const name = `mutest-py-${process.pid}`;
const folder = mkdtempSync(join(tmpdir(), "mutest-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Every pixel another colour. */
function colours(width: number, height: number): Frame {
	const pixels = Array.from({ length: width * height }, (_, index) => [
		index % 256,
		index >> 8,
		255 - (index % 251),
		255,
	]);
	const now = monotonic();
	return new Frame({ width, height }, Uint8Array.from(pixels.flat()), { captured: now, made: now });
}

describe.skipIf(!python)("Python (needs python3 on Linux)", () => {
	const run = python as string;

	test("reads a ring of ours, pixel by pixel", () => {
		using ring = Ring.create(name);
		using writer = RingWriter.attach(ring.name);
		const frame = colours(61, 47);
		writer.write(colours(16, 8));
		writer.write(frame);
		const picture = join(folder, "frame.ppm");
		const { stdout, stderr } = spawnSync(run, [example("read-ring.py"), name, "1", picture], { encoding: "utf8" });
		expect(stderr).toBe("");
		expect(stdout).toMatch(/^2: 61x47, \d+\.\d\d ms old\n$/);
		const header = "P6 61 47 255\n";
		const ppm = readFileSync(picture);
		expect(ppm.toString("latin1", 0, header.length)).toBe(header);
		expect([...ppm.subarray(header.length)]).toEqual([...frame.data].filter((_, at) => at % 4 < 3));
	});

	test("follows a ring of ours until it is closed", async () => {
		const ring = Ring.create(name);
		using writer = RingWriter.attach(ring.name);
		const reader = spawn(run, [example("read-ring.py"), name], { stdio: ["ignore", "pipe", "inherit"] });
		const exit = once(reader, "exit");
		const seen: string[] = [];
		writer.write(colours(1, 1));
		for await (const line of createInterface(reader.stdout)) {
			seen.push(line.replace(/,.*/, ""));
			if (seen.length === 5) ring.close();
			else writer.write(colours(seen.length + 1, 3));
		}
		expect(seen).toEqual(["1: 1x1", "2: 2x3", "3: 3x3", "4: 4x3", "5: 5x3"]);
		expect(await exit).toEqual([0, null]);
	});

	test("writes a ring that we read, and closes it", async () => {
		const writer = spawn(run, [example("write-ring.py"), name, "64", "36", "200"], { stdio: "inherit" });
		const exit = once(writer, "exit");
		using reader = await attached();
		let last = 0;
		for (let count = 0; count < 20; count++) {
			using frame = await reader.next();
			expect(frame?.size).toEqual({ width: 64, height: 36 });
			expect(frame?.sequence).toBeGreaterThan(last);
			last = frame?.sequence ?? 0;
			const shift = last * 2;
			const row = Array.from({ length: 64 }, (_, x) => [...Array(3).fill((x + shift) % 256), 255]).flat();
			for (const y of [0, 17, 35]) expect([...(frame?.data.subarray(y * 256, y * 256 + 256) ?? [])]).toEqual(row);
			expect(frame?.shown).toBeLessThan(monotonic());
		}
		writer.kill("SIGTERM");
		for (;;) {
			using frame = await reader.next();
			if (!frame) break;
		}
		expect(await exit).toEqual([0, null]);
		expect(existsSync(`/dev/shm/${name}`)).toBe(false);
	});

	test("leaves a ring behind when it is killed, which we clear away", async () => {
		const writer = spawn(run, [example("write-ring.py"), name, "64", "36", "200"], { stdio: "inherit" });
		const exit = once(writer, "exit");
		using reader = await attached();
		(await reader.next())?.close();
		expect(() => Ring.create(name)).toThrow(expect.objectContaining({ code: "ring/exists" }));
		writer.kill("SIGKILL");
		await exit;
		using ring = Ring.create(name);
		expect(ring.name).toBe(name);
	});
});

async function attached(): Promise<RingReader> {
	for (;;) {
		try {
			return RingReader.attach(name);
		} catch {
			await new Promise(setImmediate);
		}
	}
}
