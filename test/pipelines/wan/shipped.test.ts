import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Artifact } from "mutoscope/sdk";
import { expect, onTestFinished, test } from "vitest";
import { pocket } from "../../../pipelines/wan/index.ts";
import { playOf } from "./playing.ts";

const files: readonly Artifact[] = pocket?.artifacts ?? [];
const placeOf = ({ file, shipped }: Artifact): string => {
	if (shipped === undefined) throw new Error(`${file} does not come with the package`);
	return fileURLToPath(shipped);
};
/** The weights are made by `pipelines/wan/training`, and may not be there while they are made anew. */
const isThere = files.every((artifact) => existsSync(placeOf(artifact)));

test("all that Pocket needs is said to come with the package", () => {
	expect(files.length).toBeGreaterThanOrEqual(6);
	expect(files.filter(({ shipped }) => !shipped?.includes("/pipelines/wan/pocket/"))).toEqual([]);
});

test.skipIf(!isThere)("it is there, is small, and plays", async () => {
	const bytes = files.reduce((sum, artifact) => sum + statSync(placeOf(artifact)).size, 0);
	expect(bytes).toBeLessThan(30e6);
	const cache = mkdtempSync(join(tmpdir(), "mutoscope-shipped-"));
	onTestFinished(() => rmSync(cache, { recursive: true, force: true }));
	await using playing = await playOf("pocket", { file: (artifact) => placeOf(artifact as Artifact), cache });
	await playing.chunk();
	const pixels = await playing.pixels();
	expect(new Set(pixels).size).toBeGreaterThan(20);
	const told = await playing.pixels({ prompt: [{ text: "red checkers on blue", weight: 1 }] });
	expect(told.equals(pixels)).toBe(false);
	expect(playing.warned).toEqual([]);
});
