import { expect, test } from "vitest";
import * as z from "zod";
import { inBrowser, visits } from "./visits.ts";

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

inBrowser("custom elements", () => {
	const { visit, kept } = visits();
	const open = () =>
		visit(
			{ "/main": knobs },
			{ answers: { "/own.html": OWN }, path: "/own.html", size: { width: 900, height: 700 }, touch: false },
		);

	test("each control works by itself in any page", async () => {
		const { page, fake } = await open();
		await page.getByRole("slider", { name: "How much" }).press("End");
		await kept("/main/scale", 2);
		await expect.poll(() => page.getByRole("slider", { name: "Scale" }).getAttribute("aria-valuenow")).toBe("2");
		await page.getByRole("slider", { name: "Left / Up" }).press("ArrowRight");
		await kept("/main/x", 0.51);
		await page.getByRole("switch", { name: "Glow" }).click();
		await kept("/main/glow", true);
		await page.getByRole("button", { name: "Reset" }).click();
		await expect.poll(() => fake.store.snapshot("/main").fired).toEqual({ "/reset": 1 });
		await page.getByRole("radio", { name: "ice" }).check({ force: true });
		await kept("/main/palette", "ice");
		await page.getByRole("textbox", { name: "Prompt" }).fill("paper");
		await page.keyboard.press("Enter");
		await kept("/main/prompt/1/text", "paper");
	});

	test("all share one connection, and the last that goes closes it", async () => {
		const { page, fake, problems } = await open();
		await page.getByRole("slider", { name: "How much" }).waitFor();
		expect(fake.clients).toBe(1);
		await page.evaluate("document.body.replaceChildren()");
		await expect.poll(() => fake.clients).toBe(0);
		expect(problems).toEqual([]);
	});

	test("one that is given another address turns that", async () => {
		const { page } = await open();
		await page.evaluate(`
			document.body.replaceChildren();
			const fader = document.createElement("mutoscope-fader");
			fader.setAttribute("address", "/scale");
			document.body.append(fader);
			fader.setAttribute("address", "/x")`);
		await page.getByRole("slider", { name: "Left" }).press("Home");
		await kept("/main/x", 0);
	});
});
