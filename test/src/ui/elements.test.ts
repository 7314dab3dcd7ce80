import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import type { FakeDaemon } from "../client/fake-daemon.ts";
import { browserPath, buildPage, openBrowser, openPage, servePage } from "./page.ts";

const knobs = z.object({
	scale: z.number().min(0).max(2).default(1).meta({ label: "Scale", step: 0.01 }),
	x: z.number().min(0).max(1).default(0.5).meta({ label: "Left" }),
	y: z.number().min(0).max(1).default(0.5).meta({ label: "Up" }),
	glow: z.boolean().default(false).meta({ label: "Glow" }),
	reset: z.boolean().default(false).meta({ label: "Reset", trigger: true }),
	palette: z.enum(["ember", "ice"]).default("ember").meta({ label: "Palette" }),
	prompt: z
		.array(
			z.object({ text: z.string().default("").meta({ label: "Prompt" }), weight: z.number().min(0).max(1).default(1) }),
		)
		.max(2)
		.meta({ itself: "text", widget: "prompts" }),
});

const OWN = `<!doctype html><title>A page of one's own</title>
<script type="module" src="/elements.js"></script>
<mutoscope-fader address="/main/scale" label="How much"></mutoscope-fader>
<mutoscope-knob address="/scale"></mutoscope-knob>
<mutoscope-xy x="/x" y="/y"></mutoscope-xy>
<mutoscope-toggle address="/glow"></mutoscope-toggle>
<mutoscope-trigger address="/reset"></mutoscope-trigger>
<mutoscope-select address="/palette"></mutoscope-select>
<mutoscope-prompts address="/prompt"></mutoscope-prompts>
<mutoscope-fader address="/not/there"></mutoscope-fader>`;

/** How long anything may take on a busy machine, in milliseconds. */
const SOON = { timeout: 20_000 };

describe.skipIf(!browserPath)(`custom elements${browserPath ? "" : " (skipped: chromium is not installed)"}`, () => {
	let built: Awaited<ReturnType<typeof buildPage>>;
	let browser: Browser;
	let fake: FakeDaemon;
	let page: Page;
	let problems: string[];

	beforeAll(async () => {
		built = await buildPage();
		browser = await openBrowser();
		fake = await servePage(built.folder, { "/main": knobs }, { "/own.html": OWN });
		({ page, problems } = await openPage(browser, `${fake.url}/own.html`, { width: 900, height: 700 }));
	});

	afterAll(async () => {
		await browser?.close();
		await fake?.die();
		built?.remove();
	});

	const kept = (address: string, wanted: unknown) =>
		expect.poll(() => fake.store.get(address), { timeout: 10_000, interval: 20 }).toEqual(wanted);

	test("each control works by itself in any page", async () => {
		await page.getByRole("slider", { name: "How much" }).press("End");
		await kept("/main/scale", 2);
		await expect.poll(() => page.getByRole("slider", { name: "Scale" }).getAttribute("aria-valuenow"), SOON).toBe("2");
		await page.getByRole("slider", { name: "Left / Up" }).press("ArrowRight");
		await kept("/main/x", 0.51);
		await page.getByRole("switch", { name: "Glow" }).click();
		await kept("/main/glow", true);
		await page.getByRole("button", { name: "Reset" }).click();
		await expect.poll(() => fake.store.snapshot("/main").fired, SOON).toEqual({ "/reset": 1 });
		await page.getByRole("radio", { name: "ice" }).check({ force: true });
		await kept("/main/palette", "ice");
		await page.getByRole("textbox", { name: "Prompt" }).fill("paper");
		await page.keyboard.press("Enter");
		await kept("/main/prompt/1/text", "paper");
	});

	test("all share one connection, and the last that goes closes it", async () => {
		expect(fake.clients).toBe(1);
		await page.evaluate("document.body.replaceChildren()");
		await expect.poll(() => fake.clients, SOON).toBe(0);
		expect(problems).toEqual([]);
	});

	test("one that is given another address turns that", async () => {
		await page.evaluate(`
			const fader = document.createElement("mutoscope-fader");
			fader.setAttribute("address", "/scale");
			document.body.append(fader);
			fader.setAttribute("address", "/x")`);
		await page.getByRole("slider", { name: "Left" }).press("Home");
		await kept("/main/x", 0);
	});
});
