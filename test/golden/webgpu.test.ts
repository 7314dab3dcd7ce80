import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { probe } from "../../src/inference/providers/probe.ts";

/*
 * Any adapter that WebGPU finds will do, Mesa's software renderer from 25 on included. Debian 12 has an older one, so that CI
 * has none: nobody has to install one for these.
 */
const trial = await probe({ provider: "webgpu" });
const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));
/** One case of every kind that a device computes. */
const CASES = [
	"wan-dit-headdim128",
	"causal-dit-kv-rolling",
	"causal-rollout-memflow-bank",
	"causal-rollout-reward-forcing",
	"causal-rollout-krea-aligned",
	"chunk-loop-shift8",
	"lora",
	"taehv",
	"umt5-encoder",
	"vace-bidirectional",
	"vace-causal-aligned",
	"vae-decode-streaming",
	"vae-encode-streaming",
];

test.skipIf(!trial.works).for(["float32", "float16"])(
	`WebGPU gives what the original code gave, in %s${trial.works ? "" : ` (skipped: ${trial.reason})`}`,
	{ timeout: 600_000 },
	(dtype) => {
		const folders = CASES.map((name) => file(`data/${name}`));
		const args = [
			"--conditions=mutoscope:source",
			file("run.ts"),
			...folders,
			"--provider",
			"webgpu",
			"--dtype",
			dtype,
		];
		const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", maxBuffer: 1 << 24 });
		expect(stdout.split("\n").filter((line) => line.includes(" FAIL"))).toEqual([]);
		expect(status, stderr).toBe(0);
	},
);
