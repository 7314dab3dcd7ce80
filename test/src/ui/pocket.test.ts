import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { wan } from "../../../pipelines/wan/index.ts";
import type { SessionStatus } from "../../../src/protocol/messages.ts";
import { sessionParams, transportParams } from "../../../src/session/params.ts";
import type { FakeDaemon } from "../client/fake-daemon.ts";
import { statusOf } from "./page.ts";
import { DESK, inBrowser, visits } from "./visits.ts";

const pocket = wan.find(({ id }) => id === "pocket");

inBrowser("pocket on the page", () => {
	const { visit, kept } = visits();
	let fake: FakeDaemon;
	let page: Page;

	async function open(size = DESK): Promise<void> {
		if (!pocket) throw new Error("there is no pocket");
		const parts = { "/main/session": sessionParams, "/main/transport": transportParams, "/main": pocket.params };
		({ fake, page } = await visit(parts, { size }));
		await page.getByRole("group", { name: "Words" }).waitFor();
	}

	const says = (text: string) => kept("/main/prompt/1/text", text);
	const word = (kind: string, name: string) =>
		page.getByRole("toolbar", { name: kind }).getByRole("button", { name, exact: true });

	test("a tap says a word in the place of its kind, another takes it back; what the prompt says is lit", async () => {
		await open();
		await says("slow neon cyan tunnel zooming in on purple");
		expect(await page.locator(".chip[aria-pressed=true]").allTextContents()).toEqual([
			"slow",
			"neon",
			"cyan",
			"tunnel",
			"zooming in",
			"purple",
		]);
		await word("pattern", "rings").click();
		await says("slow neon cyan rings zooming in on purple");
		await word("ground", "on black").click();
		await says("slow neon cyan rings zooming in on black");
		await word("speed", "slow").click();
		await says("neon cyan rings zooming in on black");
		await expect.poll(() => page.getByRole("textbox", { name: "Prompt" }).inputValue()).toContain("neon cyan");
	});

	test("what is being typed is kept when a word is tapped", async () => {
		await open();
		const box = page.getByRole("textbox", { name: "Prompt" });
		await box.fill("waves of mine");
		await word("colour", "red").click();
		await says("red waves of mine");
		await expect.poll(() => box.inputValue()).toBe("red waves of mine");
	});

	test("a second prompt gets the words while it is the one that is typed in", async () => {
		await open();
		await page.getByRole("button", { name: "Add a prompt" }).click();
		await word("pattern", "stars").click();
		await expect.poll(() => fake.store.get("/main/prompt/2/text")).toBe("stars");
		await page.getByRole("textbox", { name: "Prompt" }).first().focus();
		await word("pattern", "dots").click();
		await says("slow neon cyan dots zooming in on purple");
	});

	test("a surprise is a prompt of the words on offer", async () => {
		await open();
		const before = fake.store.get("/main/prompt/1/text");
		// By chance a surprise is a single word, or what was there already.
		await page.evaluate(() => {
			Math.random = () => 0.5;
		});
		await page.getByRole("button", { name: "Surprise me" }).click();
		await expect.poll(() => fake.store.get("/main/prompt/1/text")).not.toBe(before);
		await expect.poll(() => page.locator(".chip[aria-pressed=true]").count()).toBeGreaterThanOrEqual(3);
	});

	test("what this machine holds is said while it plays at that size, and the styles that came along wait at 0", async () => {
		await open();
		const tell = (width: number) => {
			const status = statusOf();
			const [main] = status.sessions;
			const held = { width: 256, height: 256, fps: 24, holds: true, best: true };
			const shown = { ...main, pipeline: "pocket", playing: "pocket", width, height: width, held } as SessionStatus;
			fake.tell({ op: "status", status: { ...status, sessions: [shown] } });
		};
		tell(256);
		await page.getByText("256×256 · 24 fps").waitFor();
		tell(192);
		await page.getByText("256×256 · 24 fps").waitFor({ state: "detached" });
		for (const [number, style] of ["sunset", "lamps", "reeds"].entries()) {
			const line = page.getByRole("group", { name: `LoRA ${number + 1}` });
			expect(await line.getByRole("combobox").or(line.getByRole("textbox")).inputValue()).toBe(`pocket/${style}`);
			expect(await line.getByRole("slider", { name: "Scale" }).getAttribute("aria-valuenow")).toBe("0");
		}
	});

	test("by keyboard each kind is one stop, and arrows go from word to word", async () => {
		await open();
		await word("style", "neon").focus();
		await page.keyboard.press("ArrowRight");
		await page.keyboard.press("Enter");
		await says("slow ink cyan tunnel zooming in on purple");
		await page.keyboard.press("Tab");
		expect(await page.evaluate("document.activeElement.textContent")).toBe("cyan");
	});

	test.each([
		[360, 740],
		[1280, 800],
	])("at %i × %i words are as large as a finger, and nothing is wider than the page", async (width, height) => {
		await open({ width, height });
		expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
		const small = await page.evaluate(`
			[...document.querySelectorAll(".words button")]
				.map((each) => ({ box: each.getBoundingClientRect(), name: each.textContent }))
				.filter(({ box }) => box.width < 43.9 || box.height < 43.9)
				.map(({ name }) => name)`);
		expect(small).toEqual([]);
		const last = page.getByRole("toolbar", { name: "pattern" }).getByRole("button").last();
		await last.scrollIntoViewIfNeeded();
		await (width < 1000 ? last.tap() : last.click());
		await says(`slow neon cyan ${await last.textContent()} zooming in on purple`);
	});
});
