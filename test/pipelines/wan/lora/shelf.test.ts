import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ensureRoom, placeOf } from "../../../../pipelines/wan/lora/shelf.ts";

let folder: string;

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), "shelf-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** A merge of another process, used that many days ago. */
async function merge(name: string, days: number) {
	await mkdir(join(folder, name));
	await writeFile(join(folder, name, "blocks.0.safetensors"), name);
	const used = new Date(Date.now() - days * 86_400_000);
	await utimes(join(folder, name), used, used);
}

test("of the merges of others the three used last are kept, and of our own four", async () => {
	for (const [days, name] of ["a", "b", "c", "d", "e"].entries()) await merge(name, days + 1);
	await placeOf(folder, "ours");
	expect((await readdir(folder)).sort()).toEqual(["a", "b", "c", "ours"]);
	for (const name of ["w", "x", "ours", "y"]) await placeOf(folder, name);
	expect((await readdir(folder)).sort()).toEqual(["a", "b", "c", "ours", "w", "x", "y"]);
	await placeOf(folder, "z");
	// The oldest of ours is one of the others now, and newer than any of these.
	expect((await readdir(folder)).sort()).toEqual(["a", "b", "ours", "w", "x", "y", "z"]);
});

test("a merge that is used again is new again", async () => {
	for (const [days, name] of ["a", "b", "c", "d"].entries()) await merge(name, days);
	expect(await placeOf(folder, "d")).toBe(join(folder, "d"));
	expect(await readdir(join(folder, "d"))).toEqual(["blocks.0.safetensors"]);
});

test("what does not fit on the disk is refused, with numbers", async () => {
	await ensureRoom(folder, "small", 1);
	const refusal = expect.objectContaining({
		code: "artifact/no-space",
		message: expect.stringContaining("1000 TB"),
	});
	await expect(ensureRoom(folder, "large", 1e15)).rejects.toThrow(refusal);
});
