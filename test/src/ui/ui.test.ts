import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import type { FakeDaemon } from "../client/fake-daemon.ts";
import { browserPath, buildPage, linesOf, openBrowser, openPage, servePage, statusOf } from "./page.ts";

const number = z.number().min(0).max(2).default(1).meta({ label: "Scale", step: 0.01, unit: "×", group: "Look" });
const knobs = z.object({
	scale: number,
	angle: z.number().min(0).max(1).default(0.5).meta({ label: "Angle", widget: "knob", group: "Look" }),
	centre: z
		.array(z.number().min(0).max(1))
		.max(2)
		.default([0.5, 0.5])
		.meta({ label: "Centre", widget: "xy", group: "Look" }),
	glow: z.boolean().default(false).meta({ label: "Glow", group: "Look" }),
	reset: z.boolean().default(false).meta({ label: "Reset it", trigger: true, group: "Look" }),
	palette: z.enum(["ember", "ice", "moss"]).default("ember").meta({ label: "Palette", group: "Look" }),
	title: z.string().max(100).default("").meta({ label: "Title", group: "Words" }),
	seed: z.int().min(0).max(99_999).default(1).meta({ label: "Seed", group: "Words" }),
	steps: z.array(z.int().min(0).max(1000)).max(4).default([1000, 500]).meta({ label: "Steps", group: "Words" }),
	prompt: z
		.array(
			z.object({
				text: z.string().default("").meta({ label: "Prompt" }),
				weight: z.number().min(0).max(1).default(1).meta({ label: "Weight" }),
			}),
		)
		.max(3)
		.meta({ itself: "text", widget: "prompts" }),
});

const answers = {
	"/api/v1/presets": { presets: [] },
	"/api/v1/recordings": { recordings: [] },
	"/api/v1/pipelines": { pipelines: [] },
	"/api/v1/sources": { sources: [] },
};

describe.skipIf(!browserPath)(`the page${browserPath ? "" : " (skipped: chromium is not installed)"}`, () => {
	let built: Awaited<ReturnType<typeof buildPage>>;
	let browser: Browser;
	let fake: FakeDaemon;
	const open: Page[] = [];

	beforeAll(async () => {
		built = await buildPage();
		browser = await openBrowser();
	});

	afterEach(async () => {
		for (const page of open.splice(0)) await page.context().close();
		await fake.die();
	});

	afterAll(async () => {
		await browser?.close();
		built?.remove();
	});

	async function visit(size = { width: 1280, height: 800 }, touch = false) {
		fake = await servePage(built.folder, { "/main": knobs }, answers);
		const visit = await openPage(browser, fake.url, size, touch);
		open.push(visit.page);
		await visit.page.getByRole("slider", { name: "Scale" }).waitFor();
		return visit;
	}

	/** Resolves once the daemon keeps this value. */
	const kept = (address: string, wanted: unknown) =>
		expect.poll(() => fake.store.get(address), { timeout: 10_000, interval: 20 }).toEqual(wanted);

	async function middle(page: Page, name: string) {
		const box = await page.getByRole("slider", { name }).boundingBox();
		if (!box) throw new Error(`${name} is not on the page`);
		return { ...box, x: box.x + box.width / 2, y: box.y + box.height / 2 };
	}

	describe("a fader", () => {
		test("goes with the finger from where it was, and ends exactly where it is left", async () => {
			const { page, problems } = await visit();
			const at = await middle(page, "Scale");
			await page.mouse.move(at.x, at.y + 30);
			await page.mouse.down();
			expect(fake.store.get("/main/scale")).toBe(1);
			await page.mouse.move(at.x, at.y - at.height / 4 + 30, { steps: 40 });
			await page.mouse.up();
			await kept("/main/scale", 1.5);
			expect(problems).toEqual([]);
		});

		test("keeps the finger that left it, and stops at its end", async () => {
			const { page } = await visit();
			const at = await middle(page, "Scale");
			await page.mouse.move(at.x, at.y);
			await page.mouse.down();
			await page.mouse.move(at.x - 300, at.y - 500, { steps: 5 });
			await page.mouse.up();
			await kept("/main/scale", 2);
		});

		test("moves by a tenth while shift is held", async () => {
			const { page } = await visit();
			const at = await middle(page, "Scale");
			await page.mouse.move(at.x, at.y);
			await page.keyboard.down("Shift");
			await page.mouse.down();
			await page.mouse.move(at.x, at.y - at.height / 2, { steps: 20 });
			await page.mouse.up();
			await page.keyboard.up("Shift");
			await kept("/main/scale", 1.1);
		});

		test("moves by a tenth while a second finger rests on it", async () => {
			const { page } = await visit({ width: 1280, height: 800 }, true);
			const at = await middle(page, "Scale");
			const touch = await page.context().newCDPSession(page);
			const fingers = (type: "touchStart" | "touchMove", ...points: [number, number][]) =>
				touch.send("Input.dispatchTouchEvent", { type, touchPoints: points.map(([x, y], id) => ({ x, y, id })) });
			await fingers("touchStart", [at.x, at.y]);
			await fingers("touchStart", [at.x, at.y], [at.x + 10, at.y + 60]);
			await fingers("touchMove", [at.x, at.y - at.height / 2], [at.x + 10, at.y + 60]);
			await touch.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
			await kept("/main/scale", 1.1);
		});

		test("and another go with a finger each", async () => {
			const { page } = await visit({ width: 1280, height: 800 }, true);
			const [a, b] = [await middle(page, "Scale"), await middle(page, "Angle")];
			const touch = await page.context().newCDPSession(page);
			const fingers = (type: "touchStart" | "touchMove", up: number) =>
				touch.send("Input.dispatchTouchEvent", {
					type,
					touchPoints: [
						{ x: a.x, y: a.y - up, id: 0 },
						{ x: b.x, y: b.y - up, id: 1 },
					],
				});
			await fingers("touchStart", 0);
			await fingers("touchMove", 45);
			await touch.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
			await kept("/main/angle", 0.75);
			expect(fake.store.get("/main/scale")).toBeCloseTo(1 + (45 / a.height) * 2, 1);
		});

		test("goes back to its default at a double tap", async () => {
			const { page } = await visit();
			fake.store.set([["/main/scale", 0.3]], "osc");
			const at = await middle(page, "Scale");
			await page.mouse.dblclick(at.x, at.y);
			await kept("/main/scale", 1);
		});

		test("answers to arrows, pages, home, end and delete", async () => {
			const { page } = await visit();
			const slider = page.getByRole("slider", { name: "Scale" });
			await slider.focus();
			for (const [key, value] of [
				["ArrowUp", 1.02],
				["Shift+ArrowUp", 1.03],
				["PageDown", 0.83],
				["Home", 0],
				["ArrowDown", 0],
				["End", 2],
				["Delete", 1],
			] as const) {
				await slider.press(key);
				await kept("/main/scale", value);
			}
			expect(await slider.getAttribute("aria-valuetext")).toBe("1.00 ×");
		});

		test("takes a number that is typed, and gives the focus back", async () => {
			const { page } = await visit();
			await page.getByRole("slider", { name: "Scale" }).focus();
			await page.keyboard.type("1,42");
			await page.keyboard.press("Enter");
			await kept("/main/scale", 1.42);
			expect(await page.evaluate("document.activeElement.getAttribute('aria-label')")).toBe("Scale");
			await page.keyboard.type("7");
			await page.keyboard.press("Escape");
			await kept("/main/scale", 1.42);
		});

		test("turns by the wheel only while it has the focus", async () => {
			const { page } = await visit();
			const at = await middle(page, "Scale");
			await page.mouse.move(at.x, at.y);
			await page.mouse.wheel(0, -100);
			await page.getByRole("slider", { name: "Scale" }).focus();
			await page.mouse.wheel(0, -100);
			await kept("/main/scale", 1.02);
		});

		test("shows what others set, as a picture and in words", async () => {
			const { page } = await visit();
			fake.store.set([["/main/scale", 0.5]], "osc");
			const slider = page.getByRole("slider", { name: "Scale" });
			await expect.poll(() => slider.getAttribute("aria-valuenow")).toBe("0.5");
			expect(await slider.locator(".fill").getAttribute("style")).toBe("transform: translateY(75%);");
		});

		test("lies on a phone, and follows the finger across", async () => {
			const { page } = await visit({ width: 360, height: 740 }, true);
			const at = await middle(page, "Scale");
			await page.mouse.move(at.x, at.y);
			await page.mouse.down();
			await page.mouse.move(at.x + at.width / 4, at.y, { steps: 10 });
			await page.mouse.up();
			await kept("/main/scale", 1.5);
		});
	});

	describe("every other control", () => {
		test("sets its parameter", async () => {
			const { page } = await visit();
			await page.getByRole("switch", { name: "Glow" }).click();
			await kept("/main/glow", true);
			await page.getByRole("radio", { name: "moss" }).check({ force: true });
			await kept("/main/palette", "moss");
			await page.getByRole("textbox", { name: "Title" }).fill("a show");
			expect(fake.store.get("/main/title")).toBe("");
			await page.keyboard.press("Enter");
			await kept("/main/title", "a show");
			await page.getByRole("spinbutton", { name: "Seed" }).fill("77");
			await page.keyboard.press("Tab");
			await kept("/main/seed", 77);
			await page.getByRole("button", { name: "Seed up" }).click();
			await kept("/main/seed", 78);
			await page.getByRole("button", { name: "More: Steps" }).click();
			await kept("/main/steps", [1000, 500, 500]);
			await page.getByRole("slider", { name: "Angle" }).press("ArrowUp");
			await kept("/main/angle", 0.51);
			await page.getByRole("slider", { name: "Centre" }).press("ArrowRight");
			await kept("/main/centre", [0.51, 0.5]);
		});

		test("a trigger fires once a press", async () => {
			const { page } = await visit();
			await page.getByRole("button", { name: "Reset it" }).click();
			await expect.poll(() => fake.store.snapshot("/main").fired).toEqual({ "/reset": 1 });
		});

		test("prompts have weights, and come one at a time", async () => {
			const { page } = await visit();
			await page.getByRole("textbox", { name: "Prompt" }).fill("paper lighthouse");
			await page.keyboard.press("Enter");
			await kept("/main/prompt/1/text", "paper lighthouse");
			await page.getByRole("button", { name: "Add a prompt" }).click();
			await page.getByRole("slider", { name: "Weight" }).nth(1).press("Home");
			await kept("/main/prompt/2/weight", 0);
		});

		test("a field of two values goes with the finger both ways", async () => {
			const { page } = await visit();
			const at = await middle(page, "Centre");
			await page.mouse.move(at.x, at.y);
			await page.mouse.down();
			await page.mouse.move(at.x + at.width / 4, at.y - at.height / 4, { steps: 10 });
			await page.mouse.up();
			await kept("/main/centre", [0.75, 0.75]);
		});
	});

	test("a pipeline that comes brings its controls, and one that goes takes them", async () => {
		const { page } = await visit();
		fake.store.mount("/main/plugin/breathe", {
			type: "object",
			properties: { depth: { type: "number", minimum: 0, maximum: 1, default: 0.2, label: "Depth" } },
		});
		await page.getByRole("slider", { name: "Depth" }).waitFor();
		await page.getByRole("region", { name: "breathe" }).waitFor();
		fake.store.unmount("/main/plugin/breathe");
		await page.getByRole("slider", { name: "Depth" }).waitFor({ state: "detached" });
	});

	test("without the daemon it says so, keeps what is set, and sends it when the daemon is back", async () => {
		const { page } = await visit();
		await fake.die();
		await page.getByText("No connection", { exact: true }).waitFor();
		await page.getByRole("slider", { name: "Scale" }).press("End");
		await page.getByRole("slider", { name: "Scale" }).press("PageDown");
		await fake.start();
		await kept("/main/scale", 1.8);
		await page.getByText("No connection", { exact: true }).waitFor({ state: "detached" });
	});

	test.each([
		[360, 740],
		[768, 1024],
		[1280, 800],
		[2560, 1440],
	])(
		"at %i × %i nothing is wider than the screen, and every target is large enough for a finger",
		async (width, height) => {
			const { page } = await visit({ width, height }, width < 1000);
			fake.tell({ op: "status", status: statusOf(3) });
			await page.getByText("session main").or(page.getByText("31").first()).first().waitFor();
			expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
			const small = await page.evaluate(`
			[...document.querySelectorAll("button, select, input:not([type=radio]), textarea, [role=slider], .segments label, a")]
				.map((element) => ({ box: element.getBoundingClientRect(), name: element.ariaLabel ?? element.textContent }))
				.filter(({ box }) => box.width > 0 && (box.width < 43.9 || box.height < 43.9))
				.map(({ box, name }) => name + " " + box.width + "×" + box.height)`);
			expect(small).toEqual([]);
			const wide = await page.evaluate(`
			[...document.querySelectorAll(".body")].filter((body) => body.scrollWidth > body.clientWidth).map((body) => body.textContent)`);
			expect(wide).toEqual([]);
		},
	);

	test("nothing moves when numbers, health and log lines arrive", async () => {
		for (const size of [
			{ width: 360, height: 740 },
			{ width: 2560, height: 1440 },
		]) {
			const { page } = await visit(size);
			fake.tell({ op: "status", status: statusOf(1) });
			fake.tell({ op: "log", lines: linesOf(4) });
			await page.waitForFunction("document.querySelector('.vitals b').textContent === '31'");
			await page.evaluate(`
				window.shifts = [];
				new PerformanceObserver((list) => {
					for (const shift of list.getEntries()) {
						const what = shift.sources.map(({ node }) => (node?.className ?? node?.parentElement?.className) + " " + node?.textContent?.slice(0, 40));
						window.shifts.push(what.join(" | "));
					}
				}).observe({ type: "layout-shift", buffered: false })`);
			for (let turn = 2; turn < 30; turn++) {
				fake.tell({ op: "status", status: statusOf(turn) });
				fake.store.set(
					[
						["/main/scale", (turn % 20) / 10],
						["/main/angle", (turn % 10) / 10],
					],
					"osc",
				);
				await page.evaluate("new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))");
			}
			expect(await page.evaluate("window.shifts")).toEqual([]);
			await page.context().close();
			open.splice(0);
			await fake.die();
		}
		await fake.start();
	});

	test("every control has a name for those who do not see it", async () => {
		const { page } = await visit();
		fake.tell({ op: "status", status: statusOf(1) });
		const nameless = await page.evaluate(`
			[...document.querySelectorAll("button, a, input, select, textarea, [role=slider], [role=switch], [role=tab]")]
				.filter((element) => {
					const labelled = element.ariaLabel || element.labels?.length || element.getAttribute("aria-labelledby");
					return !labelled && !element.textContent.trim();
				})
				.map((element) => element.outerHTML)`);
		expect(nameless).toEqual([]);
		const tree = await page.locator("main").ariaSnapshot();
		for (const part of [
			'region "Play"',
			'slider "Scale"',
			'switch "Glow"',
			'group "Palette"',
			'tab "Health"',
			'slider "Centre"',
		]) {
			expect(tree).toContain(part);
		}
	});

	test("tab reaches everything, and what has the focus can be seen", async () => {
		const { page } = await visit();
		const reached = new Set<string>();
		for (let i = 0; i < 60; i++) {
			await page.keyboard.press("Tab");
			const name = await page.evaluate(`
				(() => {
					const element = document.activeElement;
					const shown = element.matches("input[type=radio]") ? element.nextElementSibling : element;
					const outline = element === document.body ? "" : getComputedStyle(shown).outlineStyle;
					return (element.ariaLabel ?? element.labels?.[0]?.textContent ?? element.textContent) + (outline === "none" ? " UNSEEN" : "");
				})()`);
			reached.add(String(name).trim());
		}
		expect([...reached].filter((name) => name.includes("UNSEEN"))).toEqual([]);
		for (const name of ["Scale", "Angle", "Centre", "Glow", "Reset it", "Title", "Seed", "Source", "+"]) {
			expect(
				[...reached].some((each) => each.startsWith(name) || each === "New session"),
				name,
			).toBe(true);
		}
	});
});
