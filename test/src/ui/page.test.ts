import { expect, test } from "vitest";
import * as z from "zod";
import { jsonSchemaOf } from "../../../src/params/schema.ts";
import { knobVisits } from "./knobs.ts";
import { linesOf, statusOf } from "./page.ts";
import { inBrowser } from "./visits.ts";

inBrowser("the page", () => {
	const { visit, kept } = knobVisits();

	test("a pipeline that comes brings its controls, and one that goes takes them", async () => {
		const { page, fake } = await visit();
		fake.store.mount("/main/plugin/breathe", {
			type: "object",
			properties: { depth: { type: "number", minimum: 0, maximum: 1, default: 0.2, label: "Depth" } },
		});
		await page.getByRole("slider", { name: "Depth" }).waitFor();
		await page.getByRole("region", { name: "breathe" }).waitFor();
		fake.store.unmount("/main/plugin/breathe");
		await page.getByRole("slider", { name: "Depth" }).waitFor({ state: "detached" });
	});

	test("what has no effect now is hidden, nothing else moves, and the focus stays", async () => {
		const { page, fake } = await visit({ width: 2560, height: 1440 });
		const fader = (label: string, group: string) => z.number().min(0).max(1).default(0).meta({ label, group });
		const of = (name: string) => ({ when: { "/system": [name] } });
		const kinds = z.object({
			system: z.enum(["life", "lenia"]).default("life").meta({ label: "Kind", group: "Kind" }),
			life: z.object({ age: fader("Age", "Life") }).meta(of("life")),
			lenia: z.object({ mu: fader("Mu", "Lenia"), dt: fader("Dt", "Lenia") }).meta(of("lenia")),
			speed: fader("Speed", "Time"),
		});
		fake.store.mount("/main/plugin/kinds", jsonSchemaOf(kinds));
		const life = page.getByRole("radio", { name: "life", exact: true });
		await page.getByRole("region", { name: "Life", exact: true }).waitFor();
		expect(await page.getByRole("slider", { name: "Mu" }).count()).toBe(0);
		const place = () => page.getByRole("slider", { name: "Speed" }).boundingBox();
		const before = await place();
		await life.focus();
		await page.keyboard.press("ArrowRight");
		await page.getByRole("slider", { name: "Mu" }).waitFor();
		expect(await page.getByRole("region", { name: "Life", exact: true }).count()).toBe(0);
		expect((await place())?.x).toBe(before?.x);
		expect((await place())?.width).toBe(before?.width);
		expect(await page.evaluate("document.activeElement.value")).toBe("lenia");
		for (let i = 0; i < 3; i++) await page.keyboard.press("Tab"); // past the group's own button
		expect(await page.evaluate("document.activeElement.ariaLabel")).toBe("Dt");
		fake.store.set([["/main/plugin/kinds/system", "life"]], "osc");
		await page.getByRole("region", { name: "Life", exact: true }).waitFor();
	});

	test("without the daemon it says so, keeps what is set, and sends it when the daemon is back", async () => {
		const { page, fake } = await visit();
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
			const { page, fake } = await visit({ width, height });
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

	test.each([
		[360, 740],
		[2560, 1440],
	])("at %i × %i nothing moves when numbers, health and log lines arrive", async (width, height) => {
		const { page, fake } = await visit({ width, height });
		fake.tell({ op: "status", status: statusOf(1) });
		fake.tell({ op: "log", lines: linesOf(4) });
		await expect.poll(() => page.locator(".vitals b").first().textContent()).toBe("31");
		await page.evaluate(`
			window.shifts = [];
			new PerformanceObserver((list) => {
				for (const shift of list.getEntries()) {
					window.shifts.push(shift.sources.map(({ node }) => node?.parentElement?.className + " " + node?.textContent).join(" | "));
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
	});

	test("every control has a name for those who do not see it", async () => {
		const { page, fake } = await visit();
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
