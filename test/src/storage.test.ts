import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import * as z from "zod";
import { JsonFolder, readJson, writeAtomic } from "../../src/storage.ts";

let folder = "";
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "mutoscope-storage-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const schema = z.object({ count: z.number() });

test("a file is replaced whole, and no draft is left", async () => {
	const path = join(folder, "deep", "state.json");
	await writeAtomic(path, '{"count":1}');
	await Promise.all(Array.from({ length: 20 }, (_, count) => writeAtomic(path, JSON.stringify({ count }))));
	expect(readJson(path, schema)?.count).toBeGreaterThanOrEqual(0);
	expect(readdirSync(join(folder, "deep"))).toEqual(["state.json"]);
});

test("a path that cannot be written is a storage error that names it, and the old file stays", async () => {
	writeFileSync(join(folder, "file"), "kept");
	await expect(writeAtomic(join(folder, "file", "below"), "x")).rejects.toMatchObject({ code: "storage/failed" });
	expect(readFileSync(join(folder, "file"), "utf8")).toBe("kept");
});

test.each(["", "{", '{"count":"one"}', "null"])("a spoilt file reads as none: %j", (text) => {
	writeFileSync(join(folder, "spoilt.json"), text);
	expect(readJson(join(folder, "spoilt.json"), schema)).toBeUndefined();
});

test("a name may hold anything a person types", async () => {
	const presets = new JsonFolder(folder, schema);
	const names = ["../../etc/passwd", "büro 1", "a/b", "..", "con.txt"];
	for (const [count, name] of names.entries()) await presets.write(name, { count });
	expect(presets.list()).toEqual(names.toSorted());
	expect(presets.read("..")).toEqual({ count: 3 });
	expect(presets.remove("..")).toBe(true);
	expect(presets.remove("..")).toBe(false);
	expect(presets.read("..")).toBeUndefined();
});
