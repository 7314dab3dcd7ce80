import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { loadRuntime } from "../../../../src/inference/ort/runtime.ts";

const folder = mkdtempSync(join(tmpdir(), "mutoscope-runtime-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("the library is loaded once, and says what is compiled into it", () => {
	const runtime = loadRuntime();
	expect(runtime.version).toBe("1.30.0");
	expect(runtime.compiled).toContain("CPUExecutionProvider");
	expect(loadRuntime()).toBe(runtime);
});

test("what is no ONNX Runtime is refused by its path", () => {
	const path = join(folder, "libnothing.so");
	writeFileSync(path, "not a library");
	expect(() => loadRuntime(path)).toThrow(expect.objectContaining({ code: "inference/library" }));
	expect(() => loadRuntime(join(folder, "absent.so"))).toThrow(/absent\.so is no ONNX Runtime that can be used/);
});

test("nothing is sent or kept by the runtime's telemetry", async () => {
	const { CI: _, ...env } = process.env;
	const child = fileURLToPath(new URL("telemetry.child.ts", import.meta.url));
	const { stdout } = await promisify(execFile)(
		process.execPath,
		["--conditions=mutoscope:source", "--disable-warning=ExperimentalWarning", child],
		{ env: { ...env, HOME: folder, XDG_CACHE_HOME: join(folder, ".cache") } },
	);
	expect(stdout).toBe("1 2\n");
	expect(readdirSync(folder)).toEqual(["libnothing.so"]);
});
