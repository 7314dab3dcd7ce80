import { join } from "node:path";
import { Weights } from "mutoscope/inference";
import { type Log, MutoscopeError } from "mutoscope/sdk";
import { expect, test } from "vitest";
import type { Dit } from "../../../../pipelines/wan/dit/dit.ts";
import { LiveLoras } from "../../../../pipelines/wan/loras.ts";
import { madeFile } from "../weights.ts";

const BASE = new Map([["blocks.0.ffn.0.weight", [8, 8]]]);
const LORA = new Map([
	["blocks.0.ffn.0.lora_A.weight", [2, 8]],
	["blocks.0.ffn.0.lora_B.weight", [8, 2]],
]);

test("an adapter that came with the model is called by its path or its name, and one of the folder comes before it", async () => {
	const [base, own, shipped] = [await madeFile(BASE), await madeFile(LORA), await madeFile(LORA)];
	const asked: string[] = [];
	const warned: string[] = [];
	const log: Log = { debug() {}, info() {}, warn: (message) => void warned.push(message), error() {}, with: () => log };
	const loras = new LiveLoras({
		file(artifact) {
			asked.push(artifact.shipped ?? artifact.file);
			if (artifact.shipped !== undefined) return shipped;
			if (artifact.file === "mine.safetensors") return own;
			throw new MutoscopeError("artifact/missing", { repo: artifact.repo, file: artifact.file });
		},
		shipped: [
			{ repo: "lora", file: "pocket/neon.safetensors", shipped: "file:///neon" },
			{ repo: "lora", file: "pocket/mine.safetensors", shipped: "file:///mine" },
		],
		base: await Weights.open(base),
		log,
	});
	let layers = 0;
	const dit = {
		adapt: (change: (adapters: object) => void) => change({ set: () => layers++, scale() {} }),
	} as unknown as Dit;
	const follow = async (name: string) => {
		asked.length = 0;
		await loras.follow([{ name, scale: 1, enabled: true }], dit);
		return asked.at(-1);
	};
	expect(await follow("pocket/neon")).toBe("file:///neon");
	expect(await follow("neon")).toBe("file:///neon");
	expect(await follow("mine")).toBe("mine.safetensors");
	expect([layers > 0, warned]).toEqual([true, []]);
	await follow(join("pocket", "rust"));
	expect(warned).toEqual(["a LoRA was left out"]);
});
