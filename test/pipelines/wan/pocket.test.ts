import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Playing, plain, playOf, type Turned } from "./playing.ts";
import { type TinyModels, tinyModels } from "./tiny-models.ts";

let models: TinyModels;
let cache: string;
beforeAll(async () => {
	models = await tinyModels();
	cache = mkdtempSync(join(tmpdir(), "mutoscope-pocket-"));
});
afterAll(() => {
	models[Symbol.dispose]();
	rmSync(cache, { recursive: true, force: true });
});

const play = (first: Turned = {}): Promise<Playing> => playOf("pocket", { file: models.file, cache }, first);
const four = (level = 80) => Array.from({ length: 4 }, (_, i) => plain(level + 20 * i));
const ink = (scale: number) => ({ lora: [{ name: "ink", scale, enabled: true }] });

/** The pixels of three chunks. */
async function stream(first: Turned = {}, given?: () => ReturnType<typeof four>): Promise<Buffer> {
	await using playing = await play(first);
	const chunks: Buffer[] = [];
	for (let chunk = 0; chunk < 3; chunk++) chunks.push(await playing.pixels({}, given?.() ?? []));
	expect(playing.cuts).toEqual([]);
	return Buffer.concat(chunks);
}

test("a stream begins with one picture and goes on with four at a time, twenty-four a second", async () => {
	await using playing = await play();
	expect([await playing.chunk(), await playing.chunk(), await playing.chunk()]).toEqual([1, 4, 4]);
	expect(playing.pipeline.rate?.(playing.values)).toBe(24);
	await using over = await play({ mode: "video" });
	expect(over.pipeline.demand?.(over.values)).toEqual({ frames: 4, wait: true });
	expect([await over.chunk({}, {}, four()), await over.chunk({}, {}, four())]).toEqual([1, 4]);
});

test("a seed makes the same pixels again, and another seed others", async () => {
	const first = await stream();
	expect(await stream()).toEqual(first);
	expect(await stream({ seed: 7 })).not.toEqual(first);
});

test("seed and words that are turned show in the next chunk, without a cut", async () => {
	await using playing = await play();
	await using turned = await play();
	expect(await turned.pixels()).toEqual(await playing.pixels());
	const next = await playing.pixels();
	expect(await turned.pixels({ seed: 7 })).not.toEqual(next);
	await using told = await play();
	await told.pixels();
	expect(await told.pixels({ prompt: [{ text: "red rings on black", weight: 1 }] })).not.toEqual(next);
	expect([...turned.cuts, ...told.cuts]).toEqual([]);
});

test("video lies under the noise, or guides as much as it is told to", async () => {
	const none = await stream();
	expect(await stream({ mode: "video" }, four)).not.toEqual(none);
	const guided = await stream({ "vace/input": true }, four);
	expect(guided).not.toEqual(none);
	expect(await stream({ "vace/input": true, "vace/scale": 0.5 }, four)).not.toEqual(guided);
});

test("VACE that counts for nothing is as none, bit for bit", async () => {
	const none = await stream({ "vace/enabled": false });
	expect(await stream()).toEqual(none);
	expect(await stream({ "vace/input": true, "vace/scale": 0 }, four)).toEqual(none);
});

test("an adapter that counts for nothing is as none, bit for bit, and is turned without a cut", async () => {
	const none = await stream();
	expect(await stream(ink(0))).toEqual(none);
	expect(await stream(ink(1))).not.toEqual(none);
	await using playing = await play(ink(1));
	await playing.chunk();
	await playing.chunk(ink(0.5));
	await playing.chunk(ink(0));
	expect(playing.cuts).toEqual([]);
});
