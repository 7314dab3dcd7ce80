import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { wan } from "../../../pipelines/wan/index.ts";
import { type Playing, plain, playOf, type Turned } from "./playing.ts";
import { type TinyModels, tinyModels } from "./tiny-models.ts";

let models: TinyModels;
let cache: string;
beforeAll(async () => {
	models = await tinyModels();
	cache = mkdtempSync(join(tmpdir(), "mutoscope-wan-"));
});
afterAll(() => {
	models[Symbol.dispose]();
	rmSync(cache, { recursive: true, force: true });
});

const play = (id: string, first: Turned = {}): Promise<Playing> => playOf(id, { file: models.file, cache }, first);

test("steps that the hand changes begin anew, steps that a plugin moves do not", async () => {
	await using stream = await play("longlive");
	await stream.chunk();
	await stream.chunk({}, { "denoise/steps": [1000, 600] });
	await stream.chunk({}, { "denoise/steps": [1000, 700] });
	await stream.chunk();
	expect(stream.cuts).toEqual([]);
	await stream.chunk({ "denoise/steps": [1000, 600] });
	expect(stream.cuts).toEqual(["the steps changed"]);
}, 60_000);

test("a LoRA that the hand turns begins anew, one that a plugin turns does not", async () => {
	const slot = (scale: number) => [{ name: "ink", scale, enabled: true }];
	await using stream = await play("longlive", { merge: "runtime_peft", lora: slot(1) });
	await stream.chunk();
	await stream.chunk({}, { lora: slot(0.5) });
	await stream.chunk({}, { lora: slot(0.25) });
	expect(stream.cuts).toEqual([]);
	await stream.chunk({ lora: slot(2) });
	expect(stream.cuts).toEqual(["a LoRA scale was set"]);
}, 60_000);

test("first and last pictures that have no room in one chunk are used one after the other", async () => {
	await using stream = await play("streamdiffusionv2", { mode: "text" });
	const both = { "vace/first": "a.png", "vace/last": "b.png" };
	expect(await stream.chunk(both)).toBe(5);
	expect(await stream.chunk(both)).toBe(4);
	expect(await stream.chunk(both)).toBe(4);
}, 60_000);

test("a video of which nothing came makes nothing, and goes on when it comes", async () => {
	await using stream = await play("streamdiffusionv2", { mode: "video", "cache/reset": false });
	expect(await stream.chunk()).toBe(0);
	const four = () => Array.from({ length: 4 }, () => plain(80));
	expect(await stream.chunk({}, {}, four())).toBe(5);
	expect(await stream.chunk()).toBe(0);
	expect(await stream.chunk({}, {}, four())).toBe(4);
	expect(stream.cuts).toEqual([]);
}, 60_000);

test("a mask is scaled with the frames that carry it", async () => {
	await using stream = await play("streamdiffusionv2", { mode: "text", "vace/input": true, "vace/mask": true });
	const half = () => Array.from({ length: 4 }, () => plain(80, { width: 32, height: 16 }, 128));
	expect(await stream.chunk({}, {}, half())).toBe(5);
	expect(stream.pipeline.rate?.(stream.values)).toBe(60);
}, 60_000);

test("a LoRA that is merged opens the pipeline anew, one that is live does not", () => {
	const longlive = wan[0];
	const slot = { name: "ink", scale: 1, enabled: true };
	const key = (merge: string, lora: unknown[]) => JSON.stringify(longlive?.opensWith?.({ merge, lora } as never));
	expect(key("permanent_merge", [slot])).not.toBe(key("permanent_merge", []));
	expect(key("permanent_merge", [{ ...slot, scale: 2 }])).toBe(key("permanent_merge", [slot]));
	expect(key("permanent_merge", [{ ...slot, enabled: false }])).toBe(key("permanent_merge", []));
	expect(key("runtime_peft", [slot])).toBe(key("runtime_peft", []));
});
