import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fetchCuda } from "../../../../src/inference/setup/cuda.ts";
import { zipOf } from "./zip.ts";

const ID = "microsoft.ml.onnxruntime.gpu.linux";
const VERSION = "1.30.0";
const NAMES = ["cuda", "shared", "tensorrt"].map((name) => `libonnxruntime_providers_${name}.so`);
const inside = (name: string) => `runtimes/linux-x64/native/${name}`;
const contents = Object.fromEntries(NAMES.map((name, i) => [inside(name), Buffer.alloc(100_000 + i, name)]));
const whole = zipOf({ "readme.txt": Buffer.from("made up"), ...contents });

let folder = "";
let server: Server | undefined;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "mutoscope-setup-"));
});
afterEach(() => {
	rmSync(folder, { recursive: true });
	server?.close();
	server = undefined;
});

/** A feed with one package: what it sends, and what its catalogue says. */
async function feed(sent: Buffer, said: object = {}): Promise<string> {
	const packageHash = createHash("sha512").update(whole).digest("base64");
	const answers: Record<string, (base: string) => unknown> = {
		"/index.json": (base) => ({
			resources: [
				{ "@id": `${base}/files/`, "@type": "PackageBaseAddress/3.0.0" },
				{ "@id": `${base}/about`, "@type": "RegistrationsBaseUrl/3.6.0" },
			],
		}),
		[`/about/${ID}/${VERSION}.json`]: (base) => ({ catalogEntry: `${base}/leaf.json` }),
		"/leaf.json": () => ({ packageHash, packageHashAlgorithm: "SHA512", packageSize: whole.length, ...said }),
	};
	server = createServer(({ url = "", headers }, response) => {
		const answer = answers[url]?.(`http://${headers.host}`);
		if (url === `/files/${ID}/${VERSION}/${ID}.${VERSION}.nupkg`) response.end(sent);
		else response.writeHead(answer ? 200 : 404).end(JSON.stringify(answer ?? {}));
	}).listen(0, "127.0.0.1");
	await once(server, "listening");
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}/index.json`;
}

const { signal } = new AbortController();
const fetched = (index: string, progress: (bytes: number, of: number) => void = () => {}) =>
	fetchCuda({ index, folder, progress, signal });

describe.runIf(process.platform === "linux" && process.arch === "x64")("the files of the CUDA provider", () => {
	test("are fetched, compared and put in place", async () => {
		const progress: number[] = [];
		const index = await feed(whole);
		expect(await fetched(index, (bytes, of) => progress.push(bytes / of))).toEqual(NAMES);
		expect(progress.at(-1)).toBe(1);
		expect(readdirSync(folder).sort()).toEqual(NAMES);
		for (const name of NAMES) expect(readFileSync(join(folder, name))).toEqual(contents[inside(name)]);
	});

	const changed = Buffer.from(whole);
	changed.writeUInt8(changed.readUInt8(100) ^ 1, 100);
	const hash = (bytes: Buffer) => ({
		packageHash: createHash("sha512").update(bytes).digest("base64"),
		packageSize: bytes.length,
	});
	const [first = ""] = NAMES;
	const damaged = zipOf(contents, inside(first));
	const { [inside(first)]: _, ...rest } = contents;
	const incomplete = zipOf(rest);
	test.each([
		["are other bytes", changed, {}, /its SHA-512 is .*, not /],
		["are too few", whole.subarray(0, 1000), {}, /it is shorter than \d+ bytes/],
		["are too many", Buffer.concat([whole, whole]), {}, /it is longer than \d+ bytes/],
		["are no archive", Buffer.from("<html>"), hash(Buffer.from("<html>")), /it is no archive/],
		["hold a damaged file", damaged, hash(damaged), /libonnxruntime_providers_cuda\.so is damaged/],
		["lack a file", incomplete, hash(incomplete), /there is no .*libonnxruntime_providers_cuda\.so in it/],
	])("are refused where they %s, and nothing is left", async (_, sent, said, reason) => {
		const refused = fetched(await feed(sent, said));
		await expect(refused).rejects.toMatchObject({ code: "setup/corrupt", message: expect.stringMatching(reason) });
		expect(readdirSync(folder)).toEqual([]);
	});

	test("cannot be fetched without the internet, and the error says what would help", async () => {
		const index = await feed(whole);
		server?.close();
		await expect(fetched(index)).rejects.toMatchObject({
			code: "setup/unreachable",
			message: expect.stringContaining("ECONNREFUSED"),
			hint: expect.stringContaining("HTTPS_PROXY"),
		});
	});

	test("are not fetched where nobody says what they hash to", async () => {
		const index = await feed(whole, { packageHashAlgorithm: "MD5" });
		await expect(fetched(index)).rejects.toMatchObject({
			code: "setup/unreachable",
			message: expect.stringContaining("does not say what it hashes to"),
		});
	});
});
