import { spawnSync } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compare, isRight } from "./compare.ts";

const program = fileURLToPath(new URL("run.ts", import.meta.url));
const sound = fileURLToPath(new URL("data/prompt-blending", import.meta.url));

let folder: string;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "golden-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs the program on a folder: exit status, and lines. */
function run(...roots: readonly string[]) {
	const options = ["--conditions=mutoscope:source", program, ...roots];
	const { status, stdout } = spawnSync(process.execPath, options, { encoding: "utf8" });
	return { status, lines: stdout.trim().split("\n") };
}

describe("a run", () => {
	test("over sound cases tells each output, counts them, and is a success", () => {
		const { status, lines } = run(sound);
		expect(status).toBe(0);
		expect(lines.at(-1)).toBe(
			`1 of 1 cases right; ${lines.length - 1} of ${lines.length - 1} outputs within their limits.`,
		);
		for (const line of lines.slice(0, -1)) expect(line).toMatch(/^prompt-blending \S+ \d\.\d\de[+-]\d+ \de[+-]\d+ ok$/);
	});

	test("goes on after what is broken, and is a failure", async () => {
		await cp(sound, join(folder, "wrong", "renamed"), { recursive: true });
		const io = join(folder, "wrong", "renamed", "io.safetensors");
		const bytes = await readFile(io);
		// The last element of the last tensor.
		bytes.writeFloatLE(Number.NaN, bytes.length - 4);
		await writeFile(io, bytes);
		await mkdir(join(folder, "empty"));
		await cp(sound, join(folder, "strange"), { recursive: true });
		await writeFile(join(folder, "strange", "config.json"), '{"case":"prompt-blending"}');
		await cp(sound, join(folder, "torn"), { recursive: true });
		await writeFile(join(folder, "torn", "io.safetensors"), bytes.subarray(0, 99));
		await cp(sound, join(folder, "sound"), { recursive: true });
		const { status, lines } = run(folder);
		const failures = lines.filter((line) => line.includes(" FAIL")).map((line) => line.split(" ").at(0));
		expect(status).toBe(1);
		expect(failures).toEqual(["empty", "strange", "torn", "renamed"]);
		expect(lines.find((line) => line.startsWith("renamed") && line.includes("FAIL"))).toContain(" NaN ");
		expect(lines.at(-1)).toMatch(/^1 of 5 cases right; /);
	});
});

describe("a comparison", () => {
	test("is wrong above its limit, with NaN, and without enough elements", () => {
		expect(compare("x", [1, 2], [1, 2.5], 0.5)).toMatchObject({ output: "x", maxAbs: 0.5, limit: 0.5 });
		expect(isRight(compare("x", [1, 2], [1, 2.5], 0.5))).toBe(true);
		expect(isRight(compare("x", [1, 2], [1, 2.5], 0.4))).toBe(false);
		expect(isRight(compare("x", [1, Number.NaN], [1, 2], 9))).toBe(false);
		expect(isRight(compare("x", [1, Number.POSITIVE_INFINITY], [1, 2], 9))).toBe(false);
		expect(() => compare("x", [1], [1, 2], 9)).toThrow("1 elements");
	});

	test("may be relative to each element, or to the largest", () => {
		expect(compare("x", [110, 1], [100, 1], 0.2, { relative: "each" }).maxAbs).toBeCloseTo(0.1);
		expect(compare("x", [110, 1], [100, 1], 0.2, { relative: "peak" })).toMatchObject({
			output: "x",
			maxAbs: 10,
			limit: 20,
		});
		expect(isRight(compare("x", [-0], [0], 0, { relative: "each" }))).toBe(true);
	});
});
