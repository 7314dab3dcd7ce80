import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { WebSocketServer } from "ws";
import type { DaemonStatus } from "../../src/protocol/messages.ts";
import { noBrowser, openBrowser } from "../browser.ts";
import { type RunningDaemon, startDaemon } from "./daemon.ts";

/** What a hostile page tries. Each attempt answers with what it could read, or `undefined`. */
const ATTACK = `
const SOON = 8000; // of a busy machine, in milliseconds
const within = (ms, promise) => Promise.race([promise, new Promise((resolve) => setTimeout(resolve, ms))]);
const read = (url, init) => within(SOON, fetch(url, init).then((response) => response.type === "opaque" ? undefined : response.text(), () => undefined));
const loads = (tag, url) => within(SOON, new Promise((resolve) => {
	const element = Object.assign(document.createElement(tag), { onload: () => resolve("loaded"), onerror: () => resolve() });
	element.src = url;
	document.body.append(element);
}));
const socket = (url) => within(SOON, new Promise((resolve) => {
	const ws = new WebSocket(url, "mutoscope.v1");
	ws.onopen = () => { ws.send(JSON.stringify({ op: "set", values: { "/main/density": 0.9 } })); resolve("opened"); };
	ws.onerror = ws.onclose = () => resolve();
}));
const form = (url, method, enctype) => within(SOON, new Promise((resolve) => {
	const frame = Object.assign(document.createElement("iframe"), { name: "f" + Math.random() });
	frame.onload = () => { let text; try { text = frame.contentDocument.body.innerText; } catch {} resolve(text || undefined); };
	document.body.append(frame);
	const form = Object.assign(document.createElement("form"), { action: url, method, enctype, target: frame.name });
	form.append(Object.assign(document.createElement("input"), { name: '{"density":0.9,"x":"', value: '"}' }));
	document.body.append(form);
	frame.onloadstart = undefined;
	form.submit();
}));
const json = { "content-type": "application/json" };
const change = JSON.stringify({ density: 0.9 });
async function attack(http, ws) {
	const api = http + "/api/v1";
	return {
		"fetch": await read(api + "/params"),
		"fetch with cookies": await read(api + "/params", { credentials: "include" }),
		"fetch no-cors": await read(api + "/params", { mode: "no-cors", credentials: "include" }),
		"text post": await read(api + "/session/parameters", { method: "POST", mode: "no-cors", credentials: "include", body: change }),
		"post without a body": await read(api + "/sessions/main/restart", { method: "POST", mode: "no-cors", credentials: "include" }),
		"json post": await read(api + "/session/parameters", { method: "POST", credentials: "include", headers: json, body: change }),
		"put": await read(api + "/params/main/density", { method: "PUT", credentials: "include", headers: json, body: '{"value":0.9}' }),
		"delete": await read(api + "/sessions/main", { method: "DELETE", credentials: "include" }),
		"sdp post": await read(api + "/whip/main", { method: "POST", credentials: "include", headers: { "content-type": "application/sdp" }, body: "v=0" }),
		"beacon": (navigator.sendBeacon(api + "/session/parameters", change), undefined),
		"img": await loads("img", api + "/sessions/main/frame.png"),
		"script": await loads("script", api + "/params"),
		"form": await form(api + "/session/parameters", "post", "text/plain"),
		"form of another kind": await form(api + "/recordings/main/start", "post", "application/x-www-form-urlencoded"),
		"health": await read(http + "/health"),
		"websocket": await socket(ws + "/ws"),
	};
}
`;

/** A server that trusts everyone: what each attempt must succeed against, or the test would prove nothing. */
function naive(): Server {
	const server = createServer((request, response) => {
		const headers = {
			"access-control-allow-origin": request.headers.origin ?? "*",
			"access-control-allow-credentials": "true",
		};
		const more = { "access-control-allow-methods": "*, PUT, DELETE", "access-control-allow-headers": "content-type" };
		const png = request.url?.endsWith(".png");
		hits.push(`${request.method} ${request.headers["content-type"] ?? ""}`);
		response.writeHead(200, { ...headers, ...more, "content-type": png ? "image/png" : "text/javascript" });
		response.end(png ? Buffer.from(PIXEL, "base64") : "1");
	});
	server.on("upgrade", (request, socket, head) =>
		sockets.handleUpgrade(request, socket, head, () => hits.push("socket")),
	);
	return server.listen(0, "127.0.0.1");
}

const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const sockets = new WebSocketServer({ noServer: true });
const hits: string[] = [];

describe.skipIf(noBrowser)(`a hostile page${noBrowser}`, () => {
	let daemon: RunningDaemon;
	let port: string;
	let evil: Server;
	let trusting: Server;
	let browser: Browser;
	let page: Page;
	let before: unknown;

	const portOf = (other: Server) => (other.address() as AddressInfo).port;
	const target = (name: string) => [`http://${name}:${port}`, `ws://${name}:${port}`] as const;
	const attempt = (http: string, ws: string) => `attack(${JSON.stringify(http)}, ${JSON.stringify(ws)})`;

	beforeAll(async () => {
		daemon = await startDaemon();
		port = new URL(daemon.url).port;
		trusting = naive();
		evil = createServer((request, response) => {
			response.writeHead(200, { "content-type": request.url === "/attack.js" ? "text/javascript" : "text/html" });
			response.end(request.url === "/attack.js" ? ATTACK : "<!doctype html><body><script src=/attack.js></script>");
		}).listen(0, "127.0.0.1");
		await Promise.all([once(trusting, "listening"), once(evil, "listening")]);
		browser = await openBrowser("--host-resolver-rules=MAP *.example 127.0.0.1");
		page = await browser.newPage();
	});

	afterAll(async () => {
		await browser?.close();
		for (const client of sockets.clients) client.terminate();
		trusting?.close();
		evil?.close();
		await daemon?.[Symbol.asyncDispose]();
	});

	/** Everything that a page could have changed. */
	async function state(): Promise<unknown> {
		const { rev, values } = await daemon.ask<{ rev: number; values: unknown }>("/api/v1/params");
		const { sessions } = await daemon.ask<DaemonStatus>("/api/v1/status");
		const shows = sessions.map(({ name, restarts, pipeline, source, recording }) => [
			name,
			restarts,
			pipeline,
			source,
			recording,
		]);
		return { rev, values, shows, recordings: await daemon.ask("/api/v1/recordings") };
	}

	/** How often the daemon, and not the browser, said no. */
	async function refusals(): Promise<number> {
		const headers = { authorization: `Bearer ${daemon.token}` };
		const text = await (await fetch(`${daemon.url}/metrics`, { headers })).text();
		return [...text.matchAll(/status="(403|421)"} (\d+)/g)].reduce((sum, [, , count]) => sum + Number(count), 0);
	}

	/** The victim's browser is signed in as admin: our own page can do everything. */
	beforeEach(async () => {
		const { url } = await daemon.ask<{ url: string }>("/api/v1/login-links", { method: "POST" });
		await page.goto(url);
		const ours = await page.evaluate("fetch('/api/v1/me').then((response) => response.json())");
		expect(ours).toEqual({ role: "admin" });
		await page.goto("about:blank");
		before = await state();
	});

	async function untouched(): Promise<void> {
		expect(await state()).toEqual(before);
	}

	async function readsNothing(
		by: { evaluate(script: string): Promise<unknown> },
		at: readonly [string, string],
	): Promise<void> {
		const refused = await refusals();
		const read = (await by.evaluate(attempt(...at))) as Record<string, unknown>;
		expect(Object.entries(read).filter(([, text]) => text !== undefined)).toEqual([]);
		expect(await refusals()).toBeGreaterThan(refused + 10);
		await untouched();
	}

	test("does get through to a server that trusts everyone", async () => {
		await page.goto(`http://evil.example:${portOf(evil)}/`);
		const at = `127.0.0.1:${portOf(trusting)}`;
		const read = (await page.evaluate(attempt(`http://${at}`, `ws://${at}`))) as Record<string, unknown>;
		expect(read).toMatchObject({
			fetch: "1",
			"json post": "1",
			put: "1",
			delete: "1",
			img: "loaded",
			script: "loaded",
			websocket: "opened",
		});
		expect(hits).toEqual(
			expect.arrayContaining(["POST text/plain", "POST text/plain;charset=UTF-8", "DELETE ", "socket"]),
		);
	});

	test.each(["127.0.0.1", "localhost", "evil.example"])("of another origin reaches nothing at %s", async (name) => {
		await page.goto(`http://evil.example:${portOf(evil)}/`);
		await readsNothing(page, target(name));
	});

	test("our own page may do what the others try", async () => {
		await page.goto(`${daemon.url}/docs`);
		const init = { method: "PUT", headers: { "content-type": "application/json" }, body: '{"value":0.6}' };
		const path = "/api/v1/params/main/density";
		expect(await page.evaluate(`fetch("${path}", ${JSON.stringify(init)}).then((one) => one.status)`)).toBe(200);
		expect(await daemon.ask(path)).toMatchObject({ value: 0.6 });
	});

	test("from another port of this machine, to which the browser sends our cookie, reaches nothing", async () => {
		await page.goto(`http://127.0.0.1:${portOf(evil)}/`);
		await readsNothing(page, target("127.0.0.1"));
	});

	test("in a sandbox, whose origin is null, reaches nothing", async () => {
		await page.goto(`http://evil.example:${portOf(evil)}/`);
		await page.setContent(
			`<iframe sandbox="allow-scripts allow-forms" src="http://evil.example:${portOf(evil)}/"></iframe>`,
		);
		const frame = page.frames().find((one) => one !== page.mainFrame());
		await frame?.waitForFunction("typeof attack === 'function'");
		expect(await frame?.evaluate("self.origin")).toBe("null");
		await readsNothing(frame as { evaluate(script: string): Promise<unknown> }, target("127.0.0.1"));
	});

	test("whose name was rebound to this machine is not even served", async () => {
		const response = await page.goto(`http://rebound.example:${port}/api/v1/params`);
		expect(response?.status()).toBe(421);
		await page.addScriptTag({ content: ATTACK }).catch(() => {});
		const [http] = target("rebound.example");
		const read = await page.evaluate(
			`fetch(${JSON.stringify(http)} + "/api/v1/params").then((one) => one.status, () => 0)`,
		);
		expect([0, 421]).toContain(read);
		await untouched();
	});

	test("cannot put our page into a frame", async () => {
		await page.goto(`http://evil.example:${portOf(evil)}/`);
		await page.setContent(`<iframe src="http://127.0.0.1:${port}/docs"></iframe>`);
		const frame = page.frames().find((one) => one !== page.mainFrame());
		expect(await frame?.evaluate("document.querySelector('details')")).toBeNull();
		await untouched();
	});

	test("may link to our page, which opens and does nothing", async () => {
		await page.goto(`http://evil.example:${portOf(evil)}/`);
		const link = `<a href="http://127.0.0.1:${port}/docs">x</a>`;
		await page.setContent(link);
		await page.click("a");
		await page.waitForURL("**/docs");
		expect(await page.textContent("h1")).toContain("Mutoscope");
		await untouched();
	});
});
