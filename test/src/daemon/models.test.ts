import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { MutoscopeError } from "../../../src/base/errors.ts";
import type { Artifact } from "../../../src/contract/artifact.ts";
import { Models } from "../../../src/daemon/models.ts";
import { bytesOf, type Hub, hub } from "../artifacts/hub.ts";
import { quiet } from "../server/fake.ts";

const BASE = bytesOf(300_000);
const LIGHT = bytesOf(100_000);
const ARTIFACTS: readonly Artifact[] = [
	{ repo: "a/base", file: "base.pt" },
	{ repo: "a/light", file: "light.pth", when: { "/vae/type": ["lightvae"] } },
];

let folder: string;
let remote: Hub;
let vae: string;
let ready: string[];
let models: Models;

beforeEach(async () => {
	folder = mkdtempSync(join(tmpdir(), "mutoscope-models-"));
	remote = await hub({ "/a/base/resolve/main/base.pt": BASE, "/a/light/resolve/main/light.pth": LIGHT });
	vae = "wan";
	ready = [];
	models = new Models({
		store: {
			root: folder,
			sources: { endpoints: [remote.origin], civitai: remote.origin, tokens: {}, patience: 20 },
			transfer: { segment: 50_000, tries: 2, rest: 0.001 },
		},
		log: quiet,
		artifacts: (pipeline) => {
			if (pipeline !== "dream") throw new MutoscopeError("pipeline/unknown", { pipeline });
			return ARTIFACTS;
		},
		valueAt: () => vae,
		ready: (pipeline) => void ready.push(pipeline),
	});
});

afterEach(async () => {
	await models[Symbol.asyncDispose]();
	await remote[Symbol.asyncDispose]();
	rmSync(folder, { recursive: true, force: true });
});

test("fetches what is needed as the pipeline is turned, and says when it is all there", async () => {
	expect(models.files("dream")).toMatchObject({
		downloaded: false,
		files: [
			{ file: "base.pt", state: "missing", needed: true },
			{ file: "light.pth", state: "missing", needed: false },
		],
	});
	expect(models.download("dream", false)).toMatchObject({ state: "running", fraction: 0 });
	await expect.poll(() => ready).toEqual(["dream"]);
	expect(models.files("dream")).toMatchObject({
		downloaded: true,
		files: [{ state: "checked" }, { state: "missing" }],
	});
	expect(readFileSync(join(folder, "a/base/base.pt")).equals(BASE)).toBe(true);
	vae = "lightvae";
	expect(models.files("dream").downloaded).toBe(false);
	models.download("dream", false);
	await expect.poll(() => ready.length).toBe(2);
	expect(models.files("dream").downloaded).toBe(true);
	expect(models.downloads).toEqual([]);
});

test("a second download of the same is refused while the first runs, and one that is called off stops", async () => {
	remote.mischief = ({ method }, response) => {
		if (method !== "GET") return false;
		response.writeHead(206, { "content-range": "bytes 0-0/1" });
		return true;
	};
	models.download("dream", true);
	expect(() => models.download("dream", true)).toThrow(expect.objectContaining({ code: "artifact/busy" }));
	expect(await models.cancel("dream")).toBe(true);
	expect(await models.cancel("dream")).toBe(false);
	expect([models.downloads, ready]).toEqual([[], []]);
});

test("tells how far it is within a file, while nobody has said how long the others are", async () => {
	// The second half of the first file comes byte by byte, each by a connection of its own.
	remote.mischief = ({ method, range = "" }, response) => {
		const [from, to] = range.match(/\d+/g)?.map(Number) ?? [];
		if (method !== "GET" || from === undefined || from < 150_000) return false;
		response.writeHead(206, { "content-range": `bytes ${from}-${to}/${BASE.length}` });
		response.end(BASE.subarray(from, from + 1));
		return true;
	};
	models.download("dream", true);
	await expect.poll(() => models.downloads[0]?.fraction).toBeGreaterThanOrEqual(0.25);
	expect(models.downloads[0]?.fraction).toBeLessThan(0.5);
	expect(models.downloads[0]).toMatchObject({ file: "a/base/base.pt", total: 300_000 });
	await models.cancel("dream");
});

test("says why a download failed, and the next one goes on", async () => {
	remote.mischief = (_request, response) => {
		response.writeHead(404).end();
		return true;
	};
	models.download("dream", false);
	await expect.poll(() => models.downloads[0]?.state).toBe("failed");
	expect(models.downloads[0]?.reason).toContain("base.pt of a/base is not to be had");
	remote.mischief = undefined;
	models.download("dream", false);
	await expect.poll(() => ready).toEqual(["dream"]);
});
