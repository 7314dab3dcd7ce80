import { definePlugin, Frame } from "mutoscope/sdk";
import * as z from "zod";

/** Lights every frame up, and everything that a stranger's plugin can do wrong with one. */
export const stranger = definePlugin({
	id: "stranger",
	title: "Stranger",
	description: "For tests.",
	params: z.object({
		light: z.number().min(0).max(255).default(200),
		mood: z.enum(["kind", "stuck", "throws", "greedy", "greedy beside the heap", "quits"]).default("kind"),
	}),
	tap({ hooks, params, log }) {
		log.info("it taps");
		const kept: unknown[] = [];
		hooks.frameOut.tap("stranger", (frame) => {
			const { light, mood } = params();
			if (mood === "throws") throw new Error("I will not");
			if (mood === "quits") process.exit(7);
			if (mood === "stuck") for (;;);
			if (mood === "greedy") for (;;) kept.push(Array.from({ length: 1000 }, (_, i) => `${i}${kept.length}`));
			if (mood === "greedy beside the heap") kept.push(new Uint8Array(40e6).fill(1));
			return new Frame(frame.size, new Uint8Array(frame.data.length).fill(light), frame.stamp);
		});
	},
});

/** Cannot even be loaded as what it says it is. */
export const nobody = {};
