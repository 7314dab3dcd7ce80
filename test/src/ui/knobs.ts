import type { Page } from "playwright-core";
import * as z from "zod";
import { DESK, visits } from "./visits.ts";

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

/** Visits of the page of a daemon that has one control of each kind. */
export function knobVisits() {
	const { visit, kept } = visits();
	return {
		kept,
		/** Opens the page of a new daemon. */
		async visit(size = DESK, touch = size.width < 1000) {
			const opened = await visit({ "/main": knobs }, { answers, size, touch });
			await opened.page.getByRole("slider", { name: "Scale" }).waitFor();
			return opened;
		},
	};
}

/** Where a slider is, and its middle, in pixels. */
export async function middle(page: Page, name: string) {
	const box = await page.getByRole("slider", { name }).boundingBox();
	if (!box) throw new Error(`${name} is not on the page`);
	return { ...box, x: box.x + box.width / 2, y: box.y + box.height / 2 };
}
