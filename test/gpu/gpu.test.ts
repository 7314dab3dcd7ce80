import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { type Line, markdown } from "./line.ts";

const program = fileURLToPath(new URL("index.ts", import.meta.url));

test("the script plays tiny models on a processor, and writes a report", { timeout: 120_000 }, async () => {
	const folder = await mkdtemp(join(tmpdir(), "mutoscope-"));
	onTestFinished(() => rm(folder, { recursive: true }));
	const out = join(folder, "report.md");
	const asked = ["--provider", "cpu", "--only", "pipelines,transfer", "--pipelines", "longlive", "--chunks", "1"];
	const { status, stdout, stderr } = spawnSync(
		process.execPath,
		["--conditions=mutoscope:source", program, ...asked, "--out", out],
		{ encoding: "utf8" },
	);
	expect(status, stderr).toBe(0);
	const lines: Line[] = stdout
		.split("\n")
		.filter((line) => line.startsWith("{"))
		.map((line) => JSON.parse(line));
	expect(lines.map(({ kind }) => kind)).toEqual(["conditions", "pipeline", "pipeline"]);
	const [, text, video] = lines;
	const stages = { text: expect.any(Number), denoise: expect.any(Number), clean: expect.any(Number) };
	const rest = { decode: expect.any(Number), rest: expect.any(Number) };
	expect(text).toMatchObject({ mode: "text", steps: 4, fps: expect.any(Number), stages: { ...stages, ...rest } });
	expect(video).toMatchObject({ mode: "video", steps: 2, stages: { ...stages, encode: expect.any(Number), ...rest } });
	const report = await readFile(out, "utf8");
	expect(report).toMatch(/\| longlive, text, 4 steps \| 64×32 \|/);
	expect(stdout).toContain(report.trim());
});

test("what could not be played stands in the report with its reason", () => {
	const played = {
		kind: "pipeline",
		pipeline: "memflow",
		by: "PyTorch",
		size: "576x320",
		mode: "text",
		steps: 4,
	} as const;
	expect(markdown([{ ...played, failed: "out of memory | twice" }])).toContain(
		"| memflow, text, 4 steps | 576×320 | PyTorch | failed: out of memory \\| twice |",
	);
	expect(markdown([])).toBe("");
});
