import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { noBrowser, openBrowser } from "../browser.ts";
import { signIn } from "./browser.ts";
import { type RunningDaemon, startDaemon } from "./daemon.ts";

interface Status {
	readonly sessions: readonly {
		readonly name: string;
		readonly source: string;
		readonly viewers: number;
		readonly restarts: number;
	}[];
	readonly processes: readonly { readonly name: string; readonly state: string; readonly pid?: number }[];
}

/** How long anything may take on a busy machine, in milliseconds. */
const SOON = { timeout: 20_000 };

describe.skipIf(noBrowser)(`the page of a running daemon${noBrowser}`, () => {
	let browser: Browser;
	let daemon: RunningDaemon;
	let page: Page;

	beforeAll(async () => {
		daemon = await startDaemon();
		browser = await openBrowser();
		page = await signIn(browser, daemon.link);
	});

	afterAll(async () => {
		await browser?.close();
		await daemon?.[Symbol.asyncDispose]();
	});

	const status = () => daemon.ask<Status>("/api/v1/status");
	const pidOf = async (name: string) => (await status()).processes.find((process) => process.name === name)?.pid;

	/** Kills a process of the daemon and waits until another has taken its place. */
	async function kill(name: string): Promise<void> {
		const pid = (await pidOf(name)) as number;
		process.kill(pid, "SIGKILL");
		await expect.poll(() => pidOf(name).catch(() => pid), { timeout: 20_000 }).not.toBe(pid);
	}

	test("shows the show, and what it is doing", async () => {
		await frames(page);
		await page.evaluate(WATCH);
		await expect.poll(() => page.locator(".vitals").textContent(), SOON).toMatch(/made fps\s*[1-9]/);
		await page.getByRole("tab", { name: "Health" }).click();
		await page.getByRole("row", { name: /session main/ }).waitFor();
		await page.getByRole("tab", { name: "Source" }).click();
	});

	test("a fader of the page is heard by everyone", async () => {
		await page.getByRole("slider", { name: "Glow" }).press("End");
		const glow = () => daemon.ask<{ value: number }>("/api/v1/params/main/glow");
		await expect.poll(async () => (await glow()).value, SOON).toBe(1);
		await daemon.ask("/api/v1/params/main/glow", { method: "PUT", json: { value: 0.25 } });
		await expect
			.poll(() => page.getByRole("slider", { name: "Glow" }).getAttribute("aria-valuenow"), SOON)
			.toBe("0.25");
	});

	test("a preset is saved, and brings the look back", async () => {
		await page.getByRole("tab", { name: "Presets" }).click();
		await page.getByRole("textbox", { name: "Name of the new preset" }).fill("calm sea");
		await page.keyboard.press("Enter");
		await page.getByRole("button", { name: "Recall calm sea" }).waitFor();
		await page.getByRole("slider", { name: "Glow" }).press("End");
		await page.getByRole("button", { name: "Recall calm sea" }).click();
		await expect
			.poll(() => page.getByRole("slider", { name: "Glow" }).getAttribute("aria-valuenow"), SOON)
			.toBe("0.25");
	});

	test("a recording is begun, ended and listed", async () => {
		await page.getByRole("tab", { name: "Outputs" }).click();
		await page.getByRole("switch", { name: "Record" }).click();
		await expect.poll(async () => page.getByText("being written").count(), { timeout: 20_000 }).toBe(1);
		await page.getByRole("switch", { name: "Record" }).click();
		await expect.poll(async () => page.getByText("being written").count(), { timeout: 20_000 }).toBe(0);
		await page.getByRole("link", { name: "Save", exact: true }).waitFor();
	});

	test("a camera of the page becomes the source", async () => {
		await page.getByRole("tab", { name: "Source" }).click();
		await page.getByRole("switch", { name: /^Camera/ }).click();
		await page.getByRole("switch", { name: /^Camera.*live/ }).waitFor();
		await expect.poll(async () => (await status()).sessions[0]?.source, SOON).toBe("webrtc");
	});

	test.each(["session:main", "service:webrtc"])(
		"kill -9 of %s: the picture holds, never goes black, and goes on",
		async (name) => {
			await kill(name);
			await frames(page);
			await page.getByRole("switch", { name: /^Camera.*live/ }).waitFor();
			expect(await page.evaluate("window.black")).toBe(0);
		},
		40_000,
	);

	test("kill -9 of the daemon: the page says so, holds the picture and what is set, and goes on", async () => {
		const [child] = daemon.processes().filter(({ command }) => !command.includes("/host/"));
		process.kill(child?.pid as number, "SIGKILL");
		await page.getByText("No connection", { exact: true }).waitFor();
		await page.getByRole("slider", { name: "Glow" }).press("Home");
		await page.getByText("No connection", { exact: true }).waitFor({ state: "detached" });
		await frames(page);
		expect(await page.evaluate("window.black")).toBe(0);
		const glow = () => daemon.ask<{ value: number }>("/api/v1/params/main/glow");
		await expect.poll(async () => (await glow()).value, SOON).toBe(0);
	});

	test("the camera is let go where it was taken", async () => {
		await page.getByRole("switch", { name: /^Camera.*live/ }).click();
		await page.getByRole("switch", { name: /^Camera.*this device/ }).waitFor();
	});

	test("a session is begun and ended", async () => {
		const names = async () => (await status()).sessions.map(({ name }) => name);
		await page.getByRole("button", { name: "New session" }).click();
		await page.getByRole("textbox", { name: "Name", exact: true }).fill("second");
		await page.getByRole("dialog").getByLabel("Source").selectOption("test-card");
		await page.getByRole("button", { name: "Begin" }).click();
		await page.getByLabel("What second shows").waitFor();
		expect(await names()).toEqual(["main", "second"]);
		await page.getByRole("tab", { name: "Health" }).click();
		page.once("dialog", (dialog) => void dialog.accept());
		await page.getByRole("button", { name: "End second" }).click();
		await page.getByLabel("What main shows").waitFor();
		expect(await names()).toEqual(["main"]);
	});

	test("a browser that has no link signs in with a token", async () => {
		const context = await browser.newContext();
		const other = await context.newPage();
		await other.goto(daemon.url);
		await other.getByLabel("Token").fill("wrong");
		await other.keyboard.press("Enter");
		await other.getByRole("alert").getByText(/\w/).waitFor();
		await other.getByLabel("Token").fill(daemon.token);
		await other.keyboard.press("Enter");
		await other.getByRole("slider", { name: "Glow" }).waitFor();
		await context.close();
	});

	test("a page that is signed out asks who is there", async () => {
		const { url } = await daemon.ask<{ url: string }>("/api/v1/login-links", { method: "POST", json: {} });
		const context = await browser.newContext();
		const other = await context.newPage();
		await other.goto(url);
		await other.getByRole("slider", { name: "Glow" }).waitFor();
		await context.clearCookies();
		const [child] = daemon.processes().filter(({ command }) => !command.includes("/host/"));
		process.kill(child?.pid as number, "SIGKILL");
		await other.getByLabel("Token").waitFor();
		await context.close();
		await frames(page);
	});

	test("who may only look sees every knob, and turns none", async () => {
		const { url } = await daemon.ask<{ url: string }>("/api/v1/login-links", {
			method: "POST",
			json: { role: "viewer" },
		});
		const context = await browser.newContext();
		const other = await context.newPage();
		await other.goto(url);
		const glow = other.getByRole("slider", { name: "Glow" });
		await expect.poll(() => glow.getAttribute("aria-readonly"), SOON).toBe("true");
		await context.close();
	});

	test("the link for OBS shows the picture and nothing else", async () => {
		const links = await daemon.ask<{ view: string }>("/api/v1/sessions/main/links");
		const context = await browser.newContext({ viewport: { width: 640, height: 360 } });
		const view = await context.newPage();
		await view.goto(`${links.view}&fit=cover`);
		await frames(view);
		expect(await view.evaluate("document.body.innerText.trim()")).toBe("");
		const look = await view.evaluate(`(() => {
			const video = document.querySelector("video");
			const { width, height } = video.getBoundingClientRect();
			const { objectFit, cursor } = getComputedStyle(video);
			return { width, height, objectFit, cursor, controls: video.controls };
		})()`);
		expect(look).toEqual({ width: 640, height: 360, objectFit: "cover", cursor: "none", controls: false });
		await context.close();
	});

	test("a link that was given is withdrawn, and another stands in the addresses", async () => {
		const addresses = () => daemon.ask<{ still: string }>("/api/v1/sessions/main/links");
		const { still } = await addresses();
		expect((await fetch(still)).status).toBe(200);
		await page.getByRole("tab", { name: "Outputs" }).click();
		await page.getByText("Links that were given").click();
		await page.getByRole("button", { name: "Withdraw: the addresses above" }).click();
		await page.getByText(/^Withdrawn/).waitFor();
		expect((await fetch(still)).status).toBe(401);
		expect((await fetch((await addresses()).still)).status).toBe(200);
	});

	test("only the knobs of the system that lives are there", async () => {
		await page.getByRole("region", { name: "Reaction" }).waitFor();
		await page.getByRole("combobox", { name: "System" }).selectOption("lenia");
		await page.getByRole("region", { name: "Lenia" }).waitFor();
		expect(await page.getByRole("region", { name: "Reaction" }).count()).toBe(0);
	});
});

/** Resolves once further frames were shown. */
async function frames(page: Page): Promise<void> {
	const count = () => page.evaluate("document.querySelector('video')?.getVideoPlaybackQuality().totalVideoFrames ?? 0");
	const before = Number(await count().catch(() => 0));
	await expect.poll(async () => Number(await count()), { timeout: 30_000 }).toBeGreaterThan(before + 5);
}

/** Counts, in the page, how often its picture was black. */
const WATCH = `(() => {
	const canvas = Object.assign(document.createElement("canvas"), { width: 64, height: 36 });
	const context = canvas.getContext("2d", { willReadFrequently: true });
	const video = document.querySelector("video");
	window.black = 0;
	const look = () => {
		context.clearRect(0, 0, 64, 36);
		context.drawImage(video, 0, 0, 64, 36);
		const { data } = context.getImageData(0, 0, 64, 36);
		if (data.every((value, i) => i % 4 === 3 || value === 0)) window.black++;
		setTimeout(look, 20);
	};
	look();
})()`;
