import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DaemonStatus } from "../../src/protocol/messages.ts";
import { noBrowser, openBrowser } from "../browser.ts";
import { type RunningDaemon, startDaemon, until } from "./daemon.ts";
import { irregular, lastRead, openCard, peek, sights } from "./watching.ts";

describe.skipIf(noBrowser)(`Chromium at /view${noBrowser}`, () => {
	let daemon: RunningDaemon;
	let browser: Browser;
	let page: Page;

	beforeAll(async () => {
		daemon = await startDaemon();
		browser = await openBrowser();
		page = await openCard(daemon, browser);
	});

	afterAll(async () => {
		await browser?.close();
		await daemon?.[Symbol.asyncDispose]();
	});

	test("the token has left the address, and the page is bare", async () => {
		expect(page.url()).toBe(`${daemon.url}/view/main`);
		expect(await page.evaluate("document.body.innerText.trim()")).toBe("");
		expect(await page.evaluate("document.documentElement.scrollHeight <= innerHeight")).toBe(true);
	});

	test("720p at 30 fps: frames come in order, and to 300 of which one in a hundred is missing or twice at most", async () => {
		const from = (await sights(page)).length;
		const read: number[] = [];
		let seen = from;
		// A machine that is busy with something else loses frames: ten seconds without are looked for.
		await until(async () => {
			const fresh = await sights(page, seen);
			seen += fresh.length;
			read.push(...fresh.flatMap(({ index }) => index ?? []));
			return read.length >= 300 && irregular(read.slice(-300)) <= 0.01;
		});
		expect(read).toEqual(read.toSorted((a, b) => a - b));
	});

	test("the session is killed: the viewer stays connected, and the picture holds and goes on", async () => {
		const states = await viewersOf(daemon);
		const { pid } = await processOf(daemon, "session:main");
		const from = (await sights(page)).length; // what the page showed while it came up is not judged
		const last = await lastRead(page);
		process.kill(pid, "SIGKILL");
		expect(await peek(page)).toMatchObject({ black: false });
		await until(async () => (await lastRead(page)) > last + 30);
		expect((await sights(page, from)).some(({ black }) => black)).toBe(false);
		expect(await viewersOf(daemon)).toBe(states);
	});

	test("the media process is killed: the page comes back by itself, and holds the last frame until then", async () => {
		const { pid } = await processOf(daemon, "service:webrtc");
		const before = (await sights(page)).length;
		process.kill(pid, "SIGKILL");
		expect(await peek(page)).toMatchObject({ black: false });
		await until(async () => (await sights(page)).length > before + 30);
		expect((await sights(page, before)).some(({ black }) => black)).toBe(false);
	});

	test("the daemon is killed: the page comes back by itself, into the same show", async () => {
		const { pid } = daemon.processes().find(({ command }) => / daemon( |$)/.test(command)) as { pid: number };
		const before = (await sights(page)).length;
		process.kill(pid, "SIGKILL");
		expect(await peek(page)).toMatchObject({ black: false });
		await until(async () => (await sights(page, before + 5)).some(({ index }) => index !== undefined));
	});
});

async function processOf(daemon: RunningDaemon, name: string): Promise<{ pid: number }> {
	const { processes } = await daemon.ask<DaemonStatus>("/api/v1/status");
	return processes.find((process) => process.name === name) as { pid: number };
}

async function viewersOf(daemon: RunningDaemon): Promise<number> {
	return until(async () => (await daemon.ask<DaemonStatus>("/api/v1/status")).sessions[0]?.viewers);
}
