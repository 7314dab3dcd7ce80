import * as z from "zod";

/** The knobs of optical flow. */
export const params = z.object({
	continuous: z.boolean().default(true).meta({
		label: "Continuous",
		description:
			"Flow from the frame before, for every frame. Off, as in Scope: of every two frames, the first shows what the second does.",
	}),
	size: z.enum(["small", "large"]).default("small").meta({
		label: "Model",
		description: "large is finer and takes two and a half times as long.",
		apply: "reload",
	}),
	correctRange: z.boolean().default(false).meta({
		label: "Trained range",
		description: "Colours from −1 to 1, as the model was trained. Off: from 0 to 255, as in Scope.",
		apply: "reload",
	}),
	iterations: z.int().min(1).max(32).default(12).meta({
		label: "Iterations",
		description: "How often the flow is made better. Fewer are faster.",
		apply: "reload",
	}),
	resolution: z.int().min(128).max(1024).multipleOf(8).default(512).meta({
		label: "Resolution",
		description: "Sides of the square that the model sees. Half of it takes a quarter of the time.",
		unit: "px",
		step: 8,
		apply: "reload",
	}),
});

/** Values of optical flow. */
export type FlowValues = z.output<typeof params>;
