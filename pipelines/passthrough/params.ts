import * as z from "zod";

/** The knobs of passthrough. */
export const params = z.object({
	width: z.int().min(16).max(3840).multipleOf(2).default(1280).meta({
		label: "Width",
		description: "Width of the frames that are shown.",
		unit: "px",
		step: 2,
		apply: "reload",
	}),
	height: z.int().min(16).max(2160).multipleOf(2).default(720).meta({
		label: "Height",
		description: "Height of the frames that are shown.",
		unit: "px",
		step: 2,
		apply: "reload",
	}),
});
