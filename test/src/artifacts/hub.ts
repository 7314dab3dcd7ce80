import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** How a server misbehaves: asked at every request, in order; it answers as it should where nothing is said. */
type Mischief = (
	request: {
		readonly index: number;
		readonly method: string;
		readonly path: string;
		readonly range: string | undefined;
	},
	response: ServerResponse,
) => boolean | undefined;

/** What a server was asked. */
interface Asked {
	readonly method: string;
	readonly path: string;
	readonly range: string | undefined;
	readonly authorization: string | undefined;
}

/** A server on loopback that hands out files as the hub does: a redirection with length and hash, then ranges. */
export interface Hub extends AsyncDisposable {
	readonly origin: string;
	readonly asked: Asked[];
	mischief: Mischief | undefined;
}

/** Bytes that look random and are always the same. */
export function bytesOf(length: number): Buffer {
	const bytes = Buffer.alloc(length);
	let state = 12345;
	for (let i = 0; i < length; i++) {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		bytes[i] = state >>> 24;
	}
	return bytes;
}

export function sha256(bytes: Uint8Array): string {
	return createHash("sha256").update(bytes).digest("hex");
}

/** Starts one that holds `files` by path below the origin (`/some/where/resolve/main/weights.bin`). */
export async function hub(files: Readonly<Record<string, Buffer>>): Promise<Hub> {
	const asked: Asked[] = [];
	const server = createServer((request: IncomingMessage, response: ServerResponse) => {
		const { method = "", url: path = "", headers } = request;
		const { range, authorization } = headers;
		asked.push({ method, path, range, authorization });
		if (hub.mischief?.({ index: asked.length - 1, method, path, range }, response)) return;
		const stored = path.startsWith("/store");
		const bytes = files[stored ? path.slice("/store".length) : path];
		if (!bytes) {
			response.writeHead(404).end();
			return;
		}
		const hash = sha256(bytes);
		if (!stored) {
			const said = { "x-linked-etag": `"${hash}"`, "x-linked-size": bytes.length, "x-repo-commit": "c".repeat(40) };
			response.writeHead(302, { location: `/store${path}`, ...said }).end();
			return;
		}
		send(response, bytes, range, method === "HEAD");
	});
	await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
	const { port } = server.address() as AddressInfo;
	const hub: Hub = {
		origin: `http://127.0.0.1:${port}`,
		asked,
		mischief: undefined,
		async [Symbol.asyncDispose]() {
			server.closeAllConnections();
			await new Promise((resolve) => void server.close(resolve));
		},
	};
	return hub;
}

/** Answers with what was asked for, as a good server does. */
export function send(response: ServerResponse, bytes: Buffer, range: string | undefined, head = false): void {
	const [, from = "", to = ""] = /^bytes=(\d+)-(\d+)$/.exec(range ?? "") ?? [];
	if (from === "") {
		response.writeHead(200, { "content-length": bytes.length }).end(head ? undefined : bytes);
		return;
	}
	const part = bytes.subarray(Number(from), Number(to) + 1);
	const said = { "content-range": `bytes ${from}-${to}/${bytes.length}`, "content-length": part.length };
	response.writeHead(206, said).end(head ? undefined : part);
}
