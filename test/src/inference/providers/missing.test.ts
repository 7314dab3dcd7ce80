import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { Engine } from "../../../../src/inference/index.ts";
import { bundledLibrary } from "../../../../src/inference/ort/runtime.ts";
import { neededLibraries } from "../../../../src/inference/providers/elf.ts";
import { probe } from "../../../../src/inference/providers/probe.ts";
import { elfNeeding } from "./elf.ts";

const folder = mkdtempSync(join(tmpdir(), "mutoscope-providers-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("names of libraries in an ELF file", () => {
	test.runIf(process.platform === "linux")("are those that the loader is asked for", () => {
		expect(neededLibraries(bundledLibrary())).toContain("libc.so.6");
	});

	test.each([
		["none in another file", "#!/bin/sh\n", []],
		["none in a header alone", elfNeeding("liba.so").subarray(0, 64), []],
		["none beyond the end of the file", elfNeeding("liba.so").subarray(0, 200), []],
		["both of two", elfNeeding("liba.so.1", "libb.so"), ["liba.so.1", "libb.so"]],
	])("%s", (_, bytes, names) => {
		const path = join(folder, "some.so");
		writeFileSync(path, bytes);
		expect(neededLibraries(path)).toEqual(names);
	});
});

/** A copy of the runtime whose CUDA provider asks for libraries that nobody has. */
function withCuda(name: string): string {
	mkdirSync(join(folder, name));
	const library = join(folder, name, "libonnxruntime.so.1");
	symlinkSync(bundledLibrary(), library);
	writeFileSync(join(folder, name, "libonnxruntime_providers_shared.so"), elfNeeding("libc.so.6"));
	writeFileSync(join(folder, name, "libonnxruntime_providers_cuda.so"), elfNeeding("libc.so.6", "libabsent.so.12"));
	return library;
}

describe.runIf(process.platform === "linux" && process.arch === "x64")("CUDA without what it needs", () => {
	test("says which of its files are missing", async () => {
		expect(await probe({ provider: "cuda" })).toEqual({
			works: false,
			reason: "libonnxruntime_providers_shared.so and libonnxruntime_providers_cuda.so are missing",
			missing: ["libonnxruntime_providers_shared.so", "libonnxruntime_providers_cuda.so"],
		});
		await expect(Engine.open({ provider: "cuda" })).rejects.toMatchObject({ code: "inference/provider" });
	});

	test("says which library of the system is missing", async () => {
		expect(await probe({ provider: "cuda", library: withCuda("absent") })).toEqual({
			works: false,
			reason: "libabsent.so.12 cannot be found",
			missing: ["libabsent.so.12"],
		});
	});

	test("is an error of its own when it is opened all the same", async () => {
		await expect(Engine.open({ provider: "cuda", library: withCuda("broken") })).rejects.toMatchObject({
			code: "inference/provider",
			message: expect.stringContaining("libonnxruntime_providers_"),
		});
	});
});
