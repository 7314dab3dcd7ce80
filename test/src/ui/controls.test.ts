import { describe, expect, test } from "vitest";
import { knobVisits, middle } from "./knobs.ts";
import { DESK, inBrowser } from "./visits.ts";

inBrowser("controls", () => {
	const { visit, kept } = knobVisits();

	describe("a fader", () => {
		test("goes with the finger from where it was, and ends exactly where it is left", async () => {
			const { page, problems, fake } = await visit();
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
			const { page } = await visit(DESK, true);
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
			const { page, fake } = await visit(DESK, true);
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
			await expect.poll(() => fake.store.get("/main/scale")).toBeCloseTo(1 + (45 / a.height) * 2, 1);
		});

		test("goes back to its default at a double tap", async () => {
			const { page, fake } = await visit();
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
			const { page, fake } = await visit();
			fake.store.set([["/main/scale", 0.5]], "osc");
			const slider = page.getByRole("slider", { name: "Scale" });
			await expect.poll(() => slider.getAttribute("aria-valuenow")).toBe("0.5");
			expect(await slider.locator(".fill").getAttribute("style")).toBe("transform: translateY(75%);");
		});

		test("lies on a phone, and follows the finger across", async () => {
			const { page } = await visit({ width: 360, height: 740 });
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
			const { page, fake } = await visit();
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
			const { page, fake } = await visit();
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
});
