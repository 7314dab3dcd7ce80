import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { storageFailed } from "../../../src/artifacts/storage.ts";
import { ArtifactStore, type FetchProgress } from "../../../src/artifacts/store.ts";
import type { Artifact } from "../../../src/contract/artifact.ts";
import { bytesOf, type Hub, hub, send } from "./hub.ts";

const BYTES = bytesOf(1_000_003);
const OTHER = Buffer.from(BYTES).reverse();
const PATH = "/files/plain.bin";

let folder: string;
let remote: Hub;
const { signal } = new AbortController();

beforeEach(async () => {
	folder = mkdtempSync(join(tmpdir(), "mutoscope-bad-"));
	remote = await hub({ [PATH]: BYTES });
});

afterEach(async () => {
	await remote[Symbol.asyncDispose]();
	rmSync(folder, { recursive: true, force: true });
});

function storeOf(patience = 20): ArtifactStore {
	return new ArtifactStore({
		root: folder,
		sources: { endpoints: [remote.origin], civitai: remote.origin, tokens: {}, patience },
		transfer: { segment: 100_000, lanes: 3, tries: 2, rest: 0.001 },
	});
}

/** A file of an address of its own, of which no hash is known. */
const plain = (): Artifact => ({ repo: "some/where", file: "plain.bin", url: `${remote.origin}${PATH}` });
const place = () => join(folder, "some/where/plain.bin");

function fetched(store = storeOf(), stop = signal, progress: (said: FetchProgress) => void = () => {}) {
	return store.fetch(plain(), progress, stop);
}

describe("a server", () => {
	test("that says no length in a head is asked for one byte", async () => {
		remote.mischief = ({ method, range }, response) => {
			if (method === "HEAD") response.writeHead(200, { "transfer-encoding": "chunked" }).end();
			else send(response, BYTES, range);
			return true;
		};
		await fetched();
		expect(readFileSync(place()).equals(BYTES)).toBe(true);
	});

	test("that compresses though it was asked not to is not believed", async () => {
		const packed = gzipSync(BYTES);
		remote.mischief = ({ method }, response) => {
			response.writeHead(200, { "content-encoding": "gzip", "content-length": packed.length });
			response.end(method === "HEAD" ? undefined : packed);
			return true;
		};
		await expect(fetched()).rejects.toMatchObject({ code: "artifact/unreachable" });
		remote.mischief = ({ method, range }, response) => {
			if (method === "HEAD") send(response, BYTES, range, true);
			else response.writeHead(200, { "content-encoding": "gzip" }).end(packed);
			return true;
		};
		await expect(fetched()).rejects.toThrow("compressed");
		expect(existsSync(place())).toBe(false);
	});

	test("whose file changes between two parts gives no mixture of both", async () => {
		let parts = 0;
		remote.mischief = ({ method, range }, response) => {
			const later = method === "GET" && ++parts > 4;
			response.setHeader("etag", later ? '"two"' : '"one"');
			send(response, later ? OTHER : BYTES, range, method === "HEAD");
			return true;
		};
		await expect(fetched()).rejects.toMatchObject({ code: "artifact/corrupt" });
		expect(existsSync(place())).toBe(false);
		remote.mischief = ({ method, range }, response) => {
			response.setHeader("etag", '"two"');
			send(response, OTHER, range, method === "HEAD");
			return true;
		};
		await fetched();
		expect(readFileSync(place()).equals(OTHER)).toBe(true);
	});

	test("that names no version is read from the beginning after a stop", async () => {
		const stop = new AbortController();
		remote.mischief = ({ method, range }, response) => {
			send(response, BYTES, range, method === "HEAD");
			return true;
		};
		await expect(fetched(storeOf(), stop.signal, ({ bytes }) => bytes > 400_000 && stop.abort())).rejects.toThrow();
		remote.mischief = ({ method, range }, response) => {
			send(response, OTHER, range, method === "HEAD");
			return true;
		};
		await fetched();
		expect(readFileSync(place()).equals(OTHER)).toBe(true);
	});

	test("that drips is given up as one that is silent", async () => {
		const drips = new Set<NodeJS.Timeout>();
		remote.mischief = ({ method, range }, response) => {
			if (method === "HEAD") return false;
			response.writeHead(206, { "content-range": `${(range ?? "").replace("=", " ")}/${BYTES.length}` });
			const drip = setInterval(() => response.write("x"), 5);
			drips.add(drip);
			response.on("close", () => clearInterval(drip));
			return true;
		};
		await expect(fetched(storeOf(0.05))).rejects.toMatchObject({ code: "artifact/unreachable" });
		for (const drip of drips) clearInterval(drip);
	});

	test.each(["file:///etc/passwd", "data:text/plain,x", "ftp://example.org/x", "nowhere"])(
		"%s is none",
		async (url) => {
			await expect(storeOf().fetch({ ...plain(), url }, () => {}, signal)).rejects.toMatchObject({
				code: "artifact/invalid",
			});
		},
	);
});

describe("a disk", () => {
	test("that cannot be written says so, and where", async () => {
		writeFileSync(join(folder, "some"), "a file where a folder should be");
		await expect(fetched()).rejects.toMatchObject({ code: "storage/failed" });
	});

	test.each(["ENOSPC", "EDQUOT"])("that is full midway (%s) is told from a server that fails", (code) => {
		const full = Object.assign(new Error("write"), { code });
		expect(storageFailed(full, plain(), place(), 5e8)).toMatchObject({
			code: "artifact/no-space",
			message: expect.stringContaining("500 MB more"),
		});
	});

	test("a part that has lost bytes is not gone on with", async () => {
		const stop = new AbortController();
		await expect(fetched(storeOf(), stop.signal, ({ bytes }) => bytes > 400_000 && stop.abort())).rejects.toThrow();
		writeFileSync(`${place()}.part`, "short");
		await fetched();
		expect(readFileSync(place()).equals(BYTES)).toBe(true);
	});
});

test("a file that two want at a time is fetched once, and both have it", async () => {
	const store = storeOf();
	const both = await Promise.all([fetched(store), fetched(store)]);
	expect(both.map(({ state }) => state)).toEqual(["checked", "checked"]);
	expect(remote.asked.filter(({ method }) => method === "HEAD").length).toBe(1);
});

test("who waits for another's fetch can give up, and goes on when that one does", async () => {
	const store = storeOf();
	const [stopFirst, stopSecond] = [new AbortController(), new AbortController()];
	const first = fetched(store, stopFirst.signal);
	const second = fetched(store, stopSecond.signal);
	const third = fetched(store);
	stopSecond.abort(new Error("enough"));
	await expect(second).rejects.toThrow("enough");
	stopFirst.abort(new Error("that too"));
	await expect(first).rejects.toThrow("that too");
	expect((await third).state).toBe("checked");
});

test("a lock that nobody has touched for long is nothing, though a process has its number again", async () => {
	mkdirSync(dirname(place()), { recursive: true });
	const lock = `${place()}.lock`;
	writeFileSync(lock, String(process.pid));
	await expect(fetched()).rejects.toMatchObject({ code: "artifact/busy" });
	const long = new Date(Date.now() - 3_600_000);
	utimesSync(lock, long, long);
	expect((await fetched()).state).toBe("checked");
});
