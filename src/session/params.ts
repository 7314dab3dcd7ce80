import * as z from "zod";

/** What a session is made of and how fast it shows: `/session`. */
export const sessionParams = z.object({
	pipeline: z.string().max(100).default("passthrough").meta({
		label: "Pipeline",
		description: "What makes the pictures. A new one is opened beside the running one, then faded to.",
		choicesFrom: "pipelines",
		apply: "reload",
	}),
	standby: z.string().max(100).default("").meta({
		label: "Standby",
		description: "A second pipeline, loaded and held, so that changing to it takes no time. Empty for none.",
		choicesFrom: "pipelines",
		apply: "reload",
	}),
	swap: z.boolean().default(false).meta({
		label: "Swap",
		description: "Fades to the pipeline on standby, and holds the other one instead.",
		trigger: true,
	}),
	fps: z.number().min(1).max(120).default(60).meta({
		label: "Frame rate",
		description: "At most so many frames are shown per second, however many the pipeline could make.",
		unit: "fps",
		step: 1,
	}),
	fade: z.number().min(0).max(5).default(0.25).meta({
		label: "Cross-fade",
		description: "How long one picture fades to the next when a pipeline is changed or comes back.",
		unit: "s",
		step: 0.05,
	}),
});

/** Whether the session plays: `/transport`. The daemon turns `play` and `pause` into `paused`. */
export const transportParams = z.object({
	paused: z.boolean().default(false).meta({
		label: "Paused",
		description: "Holds the picture. Nothing is made until it goes on.",
	}),
	play: z.boolean().default(false).meta({ label: "Play", description: "Goes on.", trigger: true }),
	pause: z.boolean().default(false).meta({ label: "Pause", description: "Holds the picture.", trigger: true }),
	reset: z.boolean().default(false).meta({
		label: "Reset",
		description: "The pipeline forgets its past and begins anew.",
		trigger: true,
	}),
});

/** How source frames are brought to the pipeline's size: part of `/source`. */
export const fitParams = z.object({
	fit: z.enum(["contain", "cover", "stretch"]).default("cover").meta({
		label: "Fit",
		description: "How video of another shape fills the frame: with bars, cropped, or distorted.",
	}),
	mirror: z.boolean().default(false).meta({ label: "Mirror", description: "Swaps left and right." }),
	rotate: z.enum(["0", "90", "180", "270"]).default("0").meta({
		label: "Rotate",
		description: "Turns the video clockwise.",
		unit: "°",
	}),
});

/** How a plugin is treated that runs in a process of its own: part of `/plugin/<id>`. */
export const apartParams = z.object({
	deadline: z.number().min(1).max(900).default(30).meta({
		label: "Deadline",
		description: "Longest that a frame waits for it while it runs in a process of its own; then it goes on without.",
		unit: "ms",
		step: 1,
	}),
});
