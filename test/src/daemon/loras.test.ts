import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { LoraFolder } from "../../../src/daemon/loras.ts";
import { bytesOf, type Hub, hub, sha256 } from "../artifacts/hub.ts";

const BYTES = bytesOf(20_000);
const SIGNED = bytesOf(30_000);
const { signal } = new AbortController();

let folder: string;
let remote: Hub;
let loras: LoraFolder;

beforeEach(async () => {
	folder = mkdtempSync(join(tmpdir(), "mutoscope-loras-"));
	const version = {
		id: 456,
		modelId: 123,
		files: [
			{ name: "preview.zip", primary: false },
			{ name: "noir.safetensors", primary: true, hashes: { SHA256: sha256(SIGNED).toUpperCase() } },
		],
	};
	remote = await hub({
		"/some/where/resolve/main/loras/ink.safetensors": BYTES,
		"/api/v1/model-versions/456": Buffer.from(JSON.stringify(version)),
		"/api/v1/models/123": Buffer.from(JSON.stringify({ modelVersions: [version] })),
		"/signed": SIGNED,
	});
	// As CivitAI does: an API that answers directly, and a download that leads to an address signed for GET only.
	remote.mischief = ({ path, method, range }, response) => {
		if (path.startsWith("/api/v1/")) {
			response.end(JSON.stringify(path.includes("versions") ? version : { modelVersions: [version] }));
			return true;
		}
		if (path.startsWith("/api/download/models/456")) {
			response.writeHead(307, { location: "/signed" }).end();
			return true;
		}
		if (path !== "/signed") return false;
		const [, from = "0", to = String(SIGNED.length - 1)] = /^bytes=(\d+)-(\d+)$/.exec(range ?? "") ?? [];
		const part = SIGNED.subarray(Number(from), Number(to) + 1);
		if (method === "HEAD") response.writeHead(403).end();
		else response.writeHead(206, { "content-range": `bytes ${from}-${to}/${SIGNED.length}` }).end(part);
		return true;
	};
	loras = new LoraFolder(options());
});

function options() {
	const sources = { endpoints: [remote.origin], civitai: remote.origin, tokens: {}, patience: 20 };
	return { root: folder, sources, transfer: { tries: 2, rest: 0.001 } };
}

afterEach(async () => {
	await loras[Symbol.asyncDispose]();
	await remote[Symbol.asyncDispose]();
	rmSync(folder, { recursive: true, force: true });
});

test("lists what lies in the folder and its sub-folders, with hashes, and finds a changed file", async () => {
	mkdirSync(join(folder, "lora", "old"), { recursive: true });
	writeFileSync(join(folder, "lora", "old", "ink.safetensors"), BYTES);
	writeFileSync(join(folder, "lora", "notes.txt"), "not one");
	expect(await loras.list()).toMatchObject([
		{ name: "ink", folder: "old", bytes: BYTES.length, sha256: sha256(BYTES), provenance: { source: "local" } },
	]);
	writeFileSync(join(folder, "lora", "old", "ink.safetensors"), SIGNED);
	expect(await loras.list()).toMatchObject([{ sha256: sha256(SIGNED) }]);
});

test("lists what came with packages, unless the folder has one of its path, and leaves it alone", async () => {
	const place = join(folder, "ink.safetensors");
	writeFileSync(place, BYTES);
	const shipped = (file: string) => ({ repo: "lora", file, shipped: pathToFileURL(place).href });
	const others = { repo: "some/where", file: "weights.bin" };
	await using all = new LoraFolder(options(), () => [shipped("box/ink.safetensors"), others, shipped("box/rust.pt")]);
	mkdirSync(join(folder, "lora", "box"), { recursive: true });
	writeFileSync(join(folder, "lora", "box", "rust.safetensors"), SIGNED);
	expect(await all.list()).toMatchObject([
		{ name: "rust", folder: "box", sha256: sha256(SIGNED) },
		{ name: "ink", folder: "box", path: place, bytes: BYTES.length, sha256: sha256(BYTES), readOnly: true },
	]);
	await expect(all.remove("ink")).rejects.toMatchObject({ code: "artifact/missing" });
});

test("fetches from the hub, keeps where it came from, and deletes", async () => {
	const wish = { source: "huggingface", repo_id: "some/where", hf_filename: "loras/ink.safetensors" } as const;
	expect(await loras.fetch({ ...wish, subfolder: "mine" }, signal)).toMatchObject({
		name: "ink",
		folder: "mine",
		sha256: sha256(BYTES),
	});
	expect(await loras.list()).toMatchObject([{ provenance: wish }]);
	await loras.remove("ink");
	expect(await loras.list()).toEqual([]);
	await expect(loras.remove("ink")).rejects.toMatchObject({ code: "artifact/missing" });
});

test.each([
	{ source: "civitai", version_id: "456" },
	{ source: "civitai", model_id: "123" },
	{ source: "civitai", url: "https://civitai.com/models/123/noir?modelVersionId=456" },
] as const)("fetches from CivitAI by %o, checked against the hash that it states", async (wish) => {
	expect(await loras.fetch(wish, signal)).toMatchObject({ name: "noir", sha256: sha256(SIGNED) });
});

test("an expected hash that does not fit keeps the file away", async () => {
	const wish = { source: "civitai", version_id: "456", expected_sha256: "0".repeat(64) } as const;
	await expect(loras.fetch(wish, signal)).rejects.toMatchObject({ code: "artifact/corrupt" });
	expect(await loras.list()).toEqual([]);
});

test.each([
	[{ source: "url", url: "http://169.254.169.254/latest/meta-data/x.safetensors" }, "artifact/invalid"],
	[{ source: "url", url: "https://huggingface.co/a/b/blob/main/c.safetensors" }, "artifact/invalid"],
	[{ source: "huggingface", repo_id: "a/b", hf_filename: "c.ckpt" }, "artifact/invalid"],
	[{ source: "huggingface", repo_id: "a/b", hf_filename: "c.safetensors", subfolder: "../.." }, "artifact/invalid"],
	[{ source: "huggingface", repo_id: "a/b", hf_filename: "c.safetensors" }, "artifact/unknown"],
	[{ source: "civitai", version_id: "4; rm" }, "artifact/invalid"],
] as const)("%o ends as %s", async (wish, code) => {
	await expect(loras.fetch(wish, signal)).rejects.toMatchObject({ code });
	expect(await loras.list()).toEqual([]);
});

describe("files of one name", () => {
	const ink = { source: "huggingface", repo_id: "some/where", hf_filename: "loras/ink.safetensors" } as const;

	test("in two folders are told apart", async () => {
		await loras.fetch({ ...ink, subfolder: "a" }, signal);
		const local = { source: "local" } as const;
		await loras.describe("a/ink", local);
		expect(await loras.fetch({ ...ink, subfolder: "b" }, signal)).toMatchObject({ folder: "b", provenance: ink });
		expect(await loras.list()).toMatchObject([
			{ folder: "a", provenance: local },
			{ folder: "b", provenance: ink },
		]);
		await loras.remove("b/ink");
		expect(await loras.list()).toMatchObject([{ folder: "a" }]);
	});

	test("in one folder: the one that is there is not taken for the one that is wanted", async () => {
		mkdirSync(join(folder, "lora"), { recursive: true });
		writeFileSync(join(folder, "lora", "ink.safetensors"), SIGNED);
		await expect(loras.fetch(ink, signal)).rejects.toMatchObject({ code: "artifact/invalid" });
		const hashed = { ...ink, expected_sha256: sha256(BYTES) };
		await expect(loras.fetch(hashed, signal)).rejects.toMatchObject({ code: "artifact/invalid" });
		expect(await loras.list()).toMatchObject([{ sha256: sha256(SIGNED), provenance: { source: "local" } }]);
		expect(await loras.fetch({ ...ink, expected_sha256: sha256(SIGNED) }, signal)).toMatchObject({ name: "ink" });
	});

	test("that is fetched twice is the same", async () => {
		expect(await loras.fetch(ink, signal)).toEqual(await loras.fetch(ink, signal));
	});
});

test("a name in an address is taken without its escapes", async () => {
	await remote[Symbol.asyncDispose]();
	await loras[Symbol.asyncDispose]();
	remote = await hub({ "/a/b/resolve/main/Blaue%20Tinte%20%C3%A4.safetensors": BYTES });
	const sources = { endpoints: [remote.origin], civitai: remote.origin, tokens: {}, patience: 20 };
	loras = new LoraFolder({ root: folder, sources, transfer: { tries: 2, rest: 0.001 } });
	const url = `${remote.origin}/a/b/resolve/main/Blaue%20Tinte%20%C3%A4.safetensors`;
	expect(await loras.fetch({ source: "url", url }, signal)).toMatchObject({ name: "Blaue Tinte ä" });
});

test("many at a time do not lose what is known of each other", async () => {
	const ink = { source: "huggingface", repo_id: "some/where", hf_filename: "loras/ink.safetensors" } as const;
	const folders = ["a", "b", "c", "d"];
	await Promise.all(folders.map((subfolder) => loras.fetch({ ...ink, subfolder }, signal)));
	expect(await loras.list()).toMatchObject(folders.map((folder) => ({ folder, provenance: ink })));
});

test("an answer of CivitAI that says something else is no crash", async () => {
	remote.mischief = (_request, response) => {
		response.end('{"error":"down"}');
		return true;
	};
	for (const wish of [{ version_id: "456" }, { model_id: "123" }]) {
		await expect(loras.fetch({ source: "civitai", ...wish }, signal)).rejects.toMatchObject({
			code: "artifact/invalid",
		});
	}
});

test("a folder that cannot be written is listed all the same, and what cannot be kept of a file is said", async () => {
	mkdirSync(join(folder, "lora", ".mutoscope.json.draft"), { recursive: true });
	writeFileSync(join(folder, "lora", "ink.safetensors"), BYTES);
	for (let again = 0; again < 2; again++) expect(await loras.list()).toMatchObject([{ sha256: sha256(BYTES) }]);
	await expect(loras.describe("ink", { source: "local" })).rejects.toMatchObject({ code: "storage/failed" });
});
