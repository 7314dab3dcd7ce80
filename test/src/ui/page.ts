import { mkdtempSync, rmSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { build } from "vite";
import type * as z from "zod";
import type { DaemonStatus, LogRecord } from "../../../src/protocol/messages.ts";
import { policyOf } from "../../../src/server/gate.ts";
import { StaticFiles } from "../../../src/server/static.ts";
import { FakeDaemon } from "../client/fake-daemon.ts";

/** The page, built into a folder of its own. */
export async function buildPage(): Promise<{ folder: string; remove: () => void }> {
	const folder = mkdtempSync(join(tmpdir(), "mutoscope-ui-"));
	await build({ configFile: "src/ui/vite.config.ts", logLevel: "error", build: { outDir: folder } });
	return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** A daemon that serves the built page with the policy of the real one, REST answers by path, and pages as text. */
export async function servePage(
	folder: string,
	parts: Readonly<Record<string, z.ZodObject>>,
	answers: Readonly<Record<string, unknown>> = {},
): Promise<FakeDaemon> {
	const files = new StaticFiles(folder);
	const http = async (request: IncomingMessage, response: ServerResponse) => {
		const { pathname } = new URL(request.url ?? "/", "http://localhost");
		const rest = { "/api/v1/me": { role: "admin" }, ...answers }[pathname];
		if (rest !== undefined) {
			const isPage = typeof rest === "string";
			response.writeHead(200, { "Content-Type": isPage ? "text/html" : "application/json" });
			response.end(isPage ? rest : JSON.stringify(rest));
			return;
		}
		const path = pathname === "/" ? "/index.html" : pathname.startsWith("/view/") ? "/view.html" : pathname;
		const file = pathname.startsWith("/api/") ? undefined : await files.serve(path);
		if (!file) {
			response.writeHead(404, { "Content-Type": "application/json" }).end("{}");
			return;
		}
		const headers = {
			...Object.fromEntries(file.headers),
			"Content-Security-Policy": policyOf(request.headers.host ?? ""),
		};
		response.writeHead(200, headers).end(Buffer.from(await file.arrayBuffer()));
	};
	const answer = (request: IncomingMessage, response: ServerResponse) =>
		void http(request, response).catch(() => response.destroy());
	return new FakeDaemon({ parts, http: answer }).start();
}

/** Opens the page and collects what goes wrong in it. */
export async function openPage(
	browser: Browser,
	url: string,
	size: { width: number; height: number },
	touch = false,
): Promise<{ page: Page; problems: string[] }> {
	const context = await browser.newContext({ viewport: size, hasTouch: touch, reducedMotion: "no-preference" });
	const page = await context.newPage();
	const problems: string[] = [];
	page.on("pageerror", (error) => problems.push(String(error)));
	page.on("console", (message) => {
		const isNoise = /status of 404|ERR_CONNECTION|WebSocket connection/.test(message.text());
		if (message.type() === "error" && !isNoise) problems.push(message.text());
	});
	await page.goto(url);
	return { page, problems };
}

/** A daemon that is well, with numbers that change with `turn`. */
export function statusOf(turn = 0): DaemonStatus {
	const latency = { p50: 0.0084 + (turn % 5) / 1000, p95: 0.021 + (turn % 3) / 100 };
	return {
		version: "0.1.0",
		downloads: [],
		uptime: 4711 + turn,
		sessions: [
			{
				name: "main",
				state: "running",
				pipeline: "cellular-automata",
				playing: "cellular-automata",
				source: "file",
				width: 1280,
				height: 720,
				frame: 1000 + turn * 15,
				madeFps: 30 + (turn % 2),
				shownFps: 29.9 + (turn % 3) * 50,
				dropped: turn * 7,
				restarts: turn % 12,
				latency,
				viewers: turn,
				recording: false,
				sinks: [
					{ id: "webrtc", kind: "webrtc", state: "running", fps: 30, latency, dropped: turn },
					{ id: "recording", kind: "recording", state: "idle" },
				],
			},
			{
				name: "second",
				state: "running",
				pipeline: "passthrough",
				playing: "passthrough",
				source: "test-card",
				width: 512,
				height: 512,
				frame: 5,
				madeFps: 60,
				shownFps: 60,
				dropped: 0,
				restarts: 0,
				viewers: 0,
				recording: true,
				sinks: [],
			},
		],
		processes: [
			{ name: "session:main", state: "running", pid: 4001, restarts: turn % 12, memory: 91e6 + turn * 1e6, cpu: 0.31 },
			{ name: "source:main", state: "running", pid: 4002, restarts: 0, memory: 64e6, cpu: 0.08 },
			{ name: "service:webrtc", state: "running", pid: 4003, restarts: 0, memory: 112e6, cpu: 0.22 },
			{ name: "service:still", state: "waiting", restarts: 3, reason: "it exited with code 1" },
		],
	};
}

/** Some lines of a log. */
export function linesOf(count: number): LogRecord[] {
	const lines: [LogRecord["level"], string, Record<string, unknown>][] = [
		["info", "The daemon is up.", { address: "http://127.0.0.1:8000" }],
		["info", "A process started.", { process: "session:main", pid: 4001 }],
		["warn", "A process ended and is started again.", { process: "service:still", reason: "it exited with code 1" }],
		["error", "The file cannot be read.", { path: "/videos/night drive.mp4" }],
	];
	return Array.from({ length: count }, (_, i) => {
		const [level, message, fields] = lines[i % lines.length] as (typeof lines)[number];
		return { at: Date.UTC(2026, 10, 20, 9, 0, i), level, message, fields };
	});
}
