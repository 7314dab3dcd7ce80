import * as z from "zod";

/** The knobs of a file that plays. */
export const params = z.object({
	path: z.string().max(4096).default("").meta({
		label: "File",
		description: "A video or picture on this machine, or a row of pictures: shots/frame-%04d.png.",
		widget: "file",
		apply: "reload",
	}),
	loop: z.boolean().default(true).meta({ label: "Loop", description: "Otherwise the last frame stays." }),
	paused: z.boolean().default(false).meta({ label: "Pause" }),
	rate: z.number().min(0.1).max(4).default(1).meta({
		label: "Speed",
		description: "1 is as it was filmed.",
		step: 0.01,
		curve: "log",
	}),
	position: z.number().min(0).max(1).default(0).meta({
		label: "Position",
		description: "Setting it jumps there; 0 is the beginning, 1 the end.",
		step: 0.001,
	}),
	restart: z.boolean().default(false).meta({ label: "Restart", trigger: true }),
});
