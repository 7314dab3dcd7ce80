import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { longlive } from "../../../pipelines/wan/index.ts";
import { sessionParams, transportParams } from "../../../src/session/params.ts";
import type { FakeDaemon } from "../client/fake-daemon.ts";
import { DESK, inBrowser, visits } from "./visits.ts";

inBrowser("longlive on the page", () => {
	const { visit, kept } = visits();
	let fake: FakeDaemon;
	let page: Page;
	const folder: { lora_files: { name: string; folder?: string }[] } = { lora_files: [{ name: "ink" }] };

	async function open(size = DESK): Promise<void> {
		if (!longlive) throw new Error("there is no longlive");
		const parts = { "/main/session": sessionParams, "/main/transport": transportParams, "/main": longlive.params };
		({ fake, page } = await visit(parts, { answers: { "/api/v1/loras": folder }, size }));
		await page.getByRole("region", { name: "LoRA" }).waitFor();
	}

	test("a LoRA is a line of its own; the next is offered once it has a name", async () => {
		await open();
		const lines = page.getByRole("group", { name: /^LoRA \d$/ });
		await expect.poll(() => lines.count()).toBe(1);
		const first = page.getByRole("group", { name: "LoRA 1" });
		await first.getByRole("combobox").selectOption("ink");
		await page.getByRole("group", { name: "LoRA 2" }).waitFor();
		await first.getByRole("slider", { name: "Scale" }).press("Home");
		await kept("/main/lora/1/scale", -10);
		expect(fake.store.get("/main/lora/1/name")).toBe("ink");
		const heights = await Promise.all(
			[first.getByRole("combobox"), first.getByRole("switch")].map((control) => control.boundingBox()),
		);
		expect(heights[0]?.y).toBeCloseTo(heights[1]?.y ?? 0, 0);
	});

	test("a LoRA file that has come since is there when the list is opened", async () => {
		await open();
		const list = page.getByRole("group", { name: "LoRA 1" }).getByRole("combobox");
		await list.waitFor();
		folder.lora_files = [{ name: "ink" }, { name: "rust", folder: "styles" }];
		await list.focus();
		await expect.poll(() => list.locator("option").allTextContents()).toEqual(["None", "ink", "styles/rust"]);
	});

	test.each([
		[360, 740],
		[1280, 800],
	])("at %i × %i no word of a choice is cut, nothing lies over another, nothing is too wide", async (width, height) => {
		await open({ width, height });
		fake.store.set([["/main/lora/1/name", "ink"]], "osc");
		await page.getByRole("group", { name: "LoRA 2" }).waitFor();
		expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
		const cut = await page.evaluate(`
				[...document.querySelectorAll(".play .segments span, .play .entry, .play .body")]
					.filter((each) => each.scrollWidth > each.clientWidth)
					.map((each) => each.className + " " + each.textContent)`);
		expect(cut).toEqual([]);
		const small = await page.evaluate(`
				[...document.querySelectorAll(".play :is(button, select, input:not([type=radio]), textarea, [role=slider])")]
					.map((each) => ({ box: each.getBoundingClientRect(), name: each.ariaLabel ?? each.textContent }))
					.filter(({ box }) => box.width < 43.9 || box.height < 43.9)
					.map(({ box, name }) => name + " " + box.width + "×" + box.height)`);
		expect(small).toEqual([]);
	});

	test("the pipeline is chosen in one place", async () => {
		await open();
		expect(await page.locator("[data-control='/main/session/pipeline']").count()).toBe(1);
	});
});
