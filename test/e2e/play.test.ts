import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DaemonStatus } from "../../src/protocol/messages.ts";
import { noBrowser, openBrowser } from "./browser.ts";
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
	}, 60_000);

	afterAll(async () => {
		await browser?.close();
		await daemon?.[Symbol.asyncDispose]();
	});

	test("the token has left the address, and the page is bare", async () => {
		expect(page.url()).toBe(`${daemon.url}/view/main`);
		expect(await page.evaluate("document.body.innerText.trim()")).toBe("");
		expect(await page.evaluate("document.documentElement.scrollHeight <= innerHeight")).toBe(true);
	});

	test("720p at 30 fps: the frames come in order, at most one in a hundred missing or twice", async () => {
		const from = (await sights(page)).length;
		const seen = await until(async () => {
			const read = (await sights(page)).slice(from).flatMap(({ index }) => index ?? []);
			return read.length >= 300 && read;
		});
		expect(seen).toEqual(seen.toSorted((a, b) => a - b));
		expect(irregular(seen)).toBeLessThanOrEqual(0.01);
	}, 60_000);

	test("the session is killed: the viewer stays connected, and the picture holds and goes on", async () => {
		const states = await viewersOf(daemon);
		const { pid } = await processOf(daemon, "session:main");
		const from = (await sights(page)).length; // what the page showed while it came up is not judged
		const last = await lastRead(page);
		process.kill(pid, "SIGKILL");
		expect(await peek(page)).toMatchObject({ black: false });
		await until(async () => (await lastRead(page)) > last + 30);
		expect((await sights(page)).slice(from).some(({ black }) => black)).toBe(false);
		expect(await viewersOf(daemon)).toBe(states);
	}, 60_000);

	test("the media process is killed: the page comes back by itself, and holds the last frame until then", async () => {
		const { pid } = await processOf(daemon, "service:webrtc");
		const before = (await sights(page)).length;
		process.kill(pid, "SIGKILL");
		expect(await peek(page)).toMatchObject({ black: false });
		await until(async () => (await sights(page)).length > before + 30);
		expect((await sights(page)).slice(before).some(({ black }) => black)).toBe(false);
	}, 60_000);

	test("the daemon is killed: the page comes back by itself, into the same show", async () => {
		const { pid } = daemon.processes().find(({ command }) => / daemon( |$)/.test(command)) as { pid: number };
		const before = (await sights(page)).length;
		process.kill(pid, "SIGKILL");
		expect(await peek(page)).toMatchObject({ black: false });
		await until(async () => (await sights(page)).slice(before + 5).some(({ index }) => index !== undefined));
	}, 60_000);
});

async function processOf(daemon: RunningDaemon, name: string): Promise<{ pid: number }> {
	const { processes } = await daemon.ask<DaemonStatus>("/api/v1/status");
	return processes.find((process) => process.name === name) as { pid: number };
}

async function viewersOf(daemon: RunningDaemon): Promise<number> {
	return until(async () => (await daemon.ask<DaemonStatus>("/api/v1/status")).sessions[0]?.viewers);
}
