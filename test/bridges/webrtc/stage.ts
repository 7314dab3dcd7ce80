import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";
import { drawCard, readCard } from "../../../src/media/card.ts";
import { cardFace } from "../../../src/media/card-face.ts";
import { monotonic } from "../../../src/media/clock.ts";
import { untilDue } from "../../../src/media/due.ts";
import { FramePool } from "../../../src/media/pool.ts";
import { RingWriter } from "../../../src/media/ring.ts";
import type { Size } from "../../../src/sdk.ts";

/** A frame as a page saw it; without `index` nothing could be read. Times are seconds of the daemon's clock. */
export interface Reading {
	readonly index?: number;
	readonly drawn?: number;
	readonly seen: number;
	readonly width: number;
}

/** What a page tells of a connection. */
export interface Taken {
	readonly readings: Reading[];
	/** Milliseconds from the click. */
	readonly connected?: number;
	readonly first?: number;
	readonly states: string[];
	readonly received: string[][];
}

/** Where the strip of a test card lies, with its border, in shares of the picture. */
export function stripOf(size: Size): { x: number; y: number; width: number; height: number } {
	const { strip, cell } = cardFace(size);
	return {
		x: (strip.x - 2 * cell) / size.width,
		y: (strip.y - 2 * cell) / size.height,
		width: (strip.width + 4 * cell) / size.width,
		height: (strip.height + 4 * cell) / size.height,
	};
}

/** Draws test cards into a ring, at a rate, until it is closed. */
export class Drawing implements AsyncDisposable {
	readonly #stop = new AbortController();
	readonly #running: Promise<void>;
	readonly #pool = new FramePool();
	#index = 0;

	constructor(ring: string, size: Size, fps: number, add?: (pixels: Uint8Array, index: number) => void) {
		this.#running = this.#run(ring, size, fps, add);
	}

	/** Frames drawn. */
	get index(): number {
		return this.#index;
	}

	async #run(ring: string, size: Size, fps: number, add?: (pixels: Uint8Array, index: number) => void): Promise<void> {
		using writer = RingWriter.attach(ring);
		const began = monotonic();
		for (let n = 1; !this.#stop.signal.aborted; n++) {
			const now = monotonic();
			using frame = this.#pool.take(size, { captured: now });
			drawCard(frame, ++this.#index, now);
			add?.(frame.data, this.#index);
			writer.write(frame);
			await untilDue(began + n / fps, this.#stop.signal).catch(() => {});
		}
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.#stop.abort();
		await this.#running;
	}
}

/** Answers calls of the page as the daemon's HTTP does. */
export type Call = (method: string, input: unknown) => Promise<unknown>;

/** A page on loopback whose signalling goes to `call`. */
export async function servePage(call: Call): Promise<{ url: string; close(): Promise<void> }> {
	const script = `const readCard = ${readCard.toString()};\n${readFileSync(new URL("page.js", import.meta.url), "utf8")}`;
	const server = createServer(async (request, response) => {
		const path = request.url ?? "/";
		try {
			if (path === "/favicon.ico") response.writeHead(204).end();
			else if (path === "/clock") response.end(String(monotonic()));
			else if (path === "/page.js") response.setHeader("content-type", "text/javascript").end(script);
			else if (path === "/") {
				response.setHeader("content-type", "text/html").end('<!doctype html><body><script src="/page.js"></script>');
			} else response.end(JSON.stringify((await call(path.slice(1), await bodyOf(request))) ?? null));
		} catch (error) {
			response.statusCode = 500;
			response.end(JSON.stringify({ message: String(error) }));
		}
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}/`,
		async close() {
			server.closeAllConnections();
			server.close();
			await once(server, "close");
		},
	};
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk);
	return JSON.parse(Buffer.concat(chunks).toString() || "null");
}

/** Calls a function of the page's `test`. */
export async function ask<T>(page: Page, method: string, ...input: unknown[]): Promise<T> {
	const evaluate = ([name, values]: [string, unknown[]]) =>
		(globalThis as unknown as { test: Record<string, (...input: unknown[]) => unknown> }).test[name]?.(...values);
	return (await page.evaluate(evaluate, [method, input] as [string, unknown[]])) as T;
}

/** Asks again until it is true. Gives up with the test. */
export async function until<T>(look: () => Promise<T> | T, enough: (seen: T) => boolean): Promise<T> {
	for (;;) {
		const seen = await look();
		if (enough(seen)) return seen;
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
}
