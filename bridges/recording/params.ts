import * as z from "zod";

/** The knobs of a recording. */
export const params = z.object({
	path: z.string().max(4096).default("").meta({
		label: "File",
		description: "Where the MP4 goes. A file that is there already is kept; the new one gets a number.",
		widget: "file",
		apply: "reload",
	}),
	quality: z.enum(["draft", "good", "fine"]).default("good").meta({ label: "Quality", apply: "reload" }),
	fps: z.number().min(1).max(120).default(60).meta({
		label: "Rate limit",
		description: "Frames beyond it are left out.",
		unit: "fps",
		step: 1,
		apply: "reload",
	}),
});
