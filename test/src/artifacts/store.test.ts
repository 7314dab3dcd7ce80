import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ArtifactStore, type FetchProgress } from "../../../src/artifacts/store.ts";
import { bytesOf, type Hub, hub, send, sha256 } from "./hub.ts";

const BYTES = bytesOf(1_000_003);
const artifact = { repo: "some/where", file: "models/weights.bin" };
const PATH = "/some/where/resolve/main/models/weights.bin";

let folder: string;
let remote: Hub;
const { signal } = new AbortController();

beforeEach(async () => {
	folder = mkdtempSync(join(tmpdir(), "mutoscope-models-"));
	remote = await hub({ [PATH]: BYTES });
});

afterEach(async () => {
	await remote[Symbol.asyncDispose]();
	rmSync(folder, { recursive: true, force: true });
});

function store(more: { endpoints?: string[]; tokens?: Record<string, string>; patience?: number } = {}): ArtifactStore {
	return new ArtifactStore({
		root: folder,
		sources: { endpoints: [remote.origin], civitai: remote.origin, tokens: {}, patience: 20, ...more },
		transfer: { segment: 100_000, lanes: 3, tries: 4, rest: 0.001 },
	});
}

async function fetched(from = store()) {
	const said: FetchProgress[] = [];
	const holding = await from.fetch(artifact, (progress) => void said.push(progress), signal);
	return { holding, said };
}

/** What lies in the folder of the file. */
function there(): string[] {
	return readdirSync(dirname(join(folder, artifact.repo, artifact.file))).sort();
}

describe("fetching", () => {
	test("brings a file in parallel ranges, checks it against the hub's hash and puts it in place whole", async () => {
		const { holding, said } = await fetched();
		expect(readFileSync(holding.path).equals(BYTES)).toBe(true);
		expect(holding).toMatchObject({ state: "checked", bytes: BYTES.length });
		expect(holding.receipt).toMatchObject({ sha256: sha256(BYTES), size: BYTES.length, commit: "c".repeat(40) });
		expect(there()).toEqual(["weights.bin", "weights.bin.receipt.json"]);
		const ranges = remote.asked.flatMap(({ range, path }) => (range && path === PATH ? [range] : []));
		expect(new Set(ranges).size).toBe(11);
		expect(said.map(({ stage }) => stage).filter((stage, i, all) => stage !== all[i - 1])).toEqual([
			"locating",
			"fetching",
			"checking",
			"done",
		]);
		const bytes = said.filter(({ stage }) => stage === "fetching").map((progress) => progress.bytes);
		expect(bytes).toEqual(bytes.toSorted((a, b) => a - b));
	});

	test("asks nobody for a file that is there", async () => {
		await fetched();
		remote.asked.length = 0;
		const { holding } = await fetched(store({ endpoints: ["http://127.0.0.1:1"] }));
		expect([holding.state, remote.asked.length]).toEqual(["checked", 0]);
	});

	test("takes a file that was put in place by hand", async () => {
		await fetched();
		rmSync(join(folder, artifact.repo, `${artifact.file}.receipt.json`));
		expect(store().look(artifact).state).toBe("placed");
	});

	test("goes on where a fetch was stopped, and asks only for what is missing", async () => {
		const stop = new AbortController();
		const stopping = store().fetch(
			artifact,
			({ bytes }) => bytes > 400_000 && stop.abort(new Error("enough")),
			stop.signal,
		);
		await expect(stopping).rejects.toThrow("enough");
		expect(store().look(artifact).state).toBe("partial");
		const { done } = JSON.parse(readFileSync(join(folder, artifact.repo, `${artifact.file}.part.json`), "utf8"));
		remote.asked.length = 0;
		const { holding } = await fetched();
		expect(readFileSync(holding.path).equals(BYTES)).toBe(true);
		const asked = remote.asked.flatMap(({ range }) => {
			const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range ?? "") ?? [];
			return from === undefined ? [] : [[Number(from), Number(to) + 1] as const];
		});
		for (const [from, to] of done) {
			expect(asked.some(([first, end]) => first < to && end > from)).toBe(false);
		}
	});

	test("begins anew when the file has changed meanwhile", async () => {
		const place = join(folder, artifact.repo, artifact.file);
		const stop = new AbortController();
		await expect(
			store().fetch(artifact, ({ bytes }) => bytes > 400_000 && stop.abort(), stop.signal),
		).rejects.toThrow();
		const other = bytesOf(900_001).reverse();
		await remote[Symbol.asyncDispose]();
		remote = await hub({ [PATH]: Buffer.from(other) });
		await fetched();
		expect(sha256(readFileSync(place))).toBe(sha256(other));
	});

	test("opens a connection anew that breaks off, from the byte that it reached", async () => {
		let broken = 0;
		remote.mischief = ({ range, method }, response) => {
			const [, from = "0", to = "0"] = /^bytes=(\d+)-(\d+)$/.exec(range ?? "") ?? [];
			if (method !== "GET" || !range || broken >= 3) return false;
			broken++;
			const part = BYTES.subarray(Number(from), Number(to) + 1);
			response.writeHead(206, {
				"content-range": `bytes ${from}-${to}/${BYTES.length}`,
				"content-length": part.length,
			});
			response.write(part.subarray(0, 5000), () => response.destroy());
			return true;
		};
		const { holding } = await fetched();
		expect(readFileSync(holding.path).equals(BYTES)).toBe(true);
		expect(broken).toBe(3);
	});

	test("gives up a connection that stalls, and takes another", async () => {
		let stalls = 0;
		remote.mischief = ({ range, method }, response) => {
			if (method !== "GET" || !range || stalls > 0) return false;
			stalls++;
			response.writeHead(206, { "content-range": `${range.replace("=", " ")}/${BYTES.length}` });
			response.write(BYTES.subarray(0, 0));
			return true;
		};
		const { holding } = await fetched(store({ patience: 2 }));
		expect(readFileSync(holding.path).equals(BYTES)).toBe(true);
	});

	test("comes back to a server that is too busy", async () => {
		remote.mischief = ({ index }, response) => {
			if (index === 0 || index > 4) return false;
			response.writeHead(index % 2 ? 503 : 429, { "retry-after": "0" }).end();
			return true;
		};
		const { holding } = await fetched();
		expect(holding.state).toBe("checked");
	});

	test("reads a server that knows no ranges in one go", async () => {
		remote.mischief = ({ method, range }, response) => {
			if (method !== "GET" || !range) return false;
			send(response, BYTES, undefined);
			return true;
		};
		const { holding } = await fetched();
		expect(readFileSync(holding.path).equals(BYTES)).toBe(true);
	});

	test("does not take more bytes than it asked for", async () => {
		remote.mischief = ({ method, range }, response) => {
			const [, from = "0", to = "0"] = /^bytes=(\d+)-(\d+)$/.exec(range ?? "") ?? [];
			if (method !== "GET" || !range) return false;
			response.writeHead(206, { "content-range": `bytes ${from}-${to}/${BYTES.length}` });
			response.end(Buffer.concat([BYTES.subarray(Number(from), Number(to) + 1), Buffer.alloc(3000, 7)]));
			return true;
		};
		const { holding } = await fetched();
		expect(readFileSync(holding.path).equals(BYTES)).toBe(true);
	});

	test("tries the next mirror when one does not answer or does not have the file", async () => {
		await using empty = await hub({});
		const { holding } = await fetched(store({ endpoints: ["http://127.0.0.1:1", empty.origin, remote.origin] }));
		expect(holding.state).toBe("checked");
	});

	test("shows a token to its own host only", async () => {
		await using other = await hub({ [PATH]: BYTES });
		remote.mischief = ({ method }, response) => {
			const said = { "x-linked-etag": `"${sha256(BYTES)}"`, "x-linked-size": BYTES.length };
			response.writeHead(302, { location: other.origin.replace("127.0.0.1", "localhost") + PATH, ...said }).end();
			return method !== "";
		};
		await fetched(store({ tokens: { "127.0.0.1": "secret" } }));
		expect(remote.asked.every(({ authorization }) => authorization === "Bearer secret")).toBe(true);
		expect(other.asked.length).toBeGreaterThan(0);
		expect(other.asked.every(({ authorization }) => authorization === undefined)).toBe(true);
	});
});

describe("a fetch that cannot end well", () => {
	test("wrong bytes are thrown away, and nothing is put in place", async () => {
		remote.mischief = ({ method, range }, response) => {
			if (method !== "GET" || !range) return false;
			send(response, Buffer.from(BYTES).fill(1, 0, 10), range);
			return true;
		};
		await expect(fetched()).rejects.toMatchObject({ code: "artifact/corrupt" });
		expect(there()).toEqual([]);
	});

	test("a pinned hash wins over what the server says", async () => {
		const pinned = { ...artifact, sha256: "0".repeat(64) };
		await expect(store().fetch(pinned, () => {}, signal)).rejects.toMatchObject({ code: "artifact/corrupt" });
		expect(store().look(artifact).state).toBe("missing");
	});

	test("a server that lies about the length is found out", async () => {
		remote.mischief = ({ method }, response) => {
			if (method === "HEAD") {
				response
					.writeHead(302, { location: `/store${PATH}`, "x-linked-etag": '"e"', "x-linked-size": 2_000_000 })
					.end();
				return true;
			}
			response.writeHead(200, { "content-length": BYTES.length }).end(BYTES);
			return true;
		};
		await expect(fetched()).rejects.toMatchObject({ code: "artifact/unreachable" });
		remote.mischief = ({ method }, response) => {
			if (method === "HEAD") {
				response
					.writeHead(302, { location: `/store${PATH}`, "x-linked-etag": '"e"', "x-linked-size": 2_000_000 })
					.end();
				return true;
			}
			response.writeHead(200).end(BYTES);
			return true;
		};
		await expect(fetched()).rejects.toMatchObject({ code: "artifact/unreachable" });
		expect(existsSync(join(folder, artifact.repo, artifact.file))).toBe(false);
	});

	test.each([
		[404, "artifact/unknown"],
		[401, "artifact/forbidden"],
		[500, "artifact/unreachable"],
	])("a server that answers %i ends as %s", async (status, code) => {
		remote.mischief = (_request, response) => {
			response.writeHead(status).end();
			return true;
		};
		await expect(fetched()).rejects.toMatchObject({ code });
	});

	test("nobody is there", async () => {
		await expect(fetched(store({ endpoints: ["http://127.0.0.1:1"] }))).rejects.toMatchObject({
			code: "artifact/unreachable",
		});
	});

	test("a file that does not fit on the disk is not begun", async () => {
		remote.mischief = ({ method }, response) => {
			response.writeHead(302, { location: "/x", "x-linked-etag": '"e"', "x-linked-size": 2 ** 52 }).end();
			return method === "HEAD";
		};
		await expect(fetched()).rejects.toMatchObject({ code: "artifact/no-space" });
		expect(there()).toEqual([]);
	});

	test("a file that another process fetches is left to it, and a dead one's lock is nothing", async () => {
		await fetched();
		await store().remove(artifact);
		const place = join(folder, artifact.repo, `${artifact.file}.lock`);
		writeFileSync(place, String(process.ppid));
		await expect(fetched()).rejects.toMatchObject({ code: "artifact/busy" });
		writeFileSync(place, "999999999");
		expect((await fetched()).holding.state).toBe("checked");
	});

	test("a file that came with a package is there, is not fetched and stays", async () => {
		const place = join(folder, "package", "weights.bin");
		mkdirSync(dirname(place));
		const shipped = { repo: "some/package", file: "weights.bin", shipped: pathToFileURL(place).href };
		await expect(store().fetch(shipped, () => {}, signal)).rejects.toMatchObject({ code: "artifact/invalid" });
		writeFileSync(place, BYTES);
		expect(store().look(shipped)).toMatchObject({ path: place, state: "placed", bytes: BYTES.length });
		expect(await store().fetch(shipped, () => {}, signal)).toMatchObject({ path: place });
		expect(await store().remove(shipped)).toBe(false);
		expect(existsSync(place)).toBe(true);
		expect(remote.asked).toEqual([]);
	});

	test.each(["../../outside", "/etc/passwd", "a/../../../b", "models//x", "c:\\x"])(
		"%s leads nowhere",
		async (file) => {
			const wrong = { repo: "some/where", file };
			await expect(store().fetch(wrong, () => {}, signal)).rejects.toMatchObject({ code: "artifact/invalid" });
			expect(remote.asked).toEqual([]);
		},
	);
});
