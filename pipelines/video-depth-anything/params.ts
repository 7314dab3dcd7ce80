import * as z from "zod";

/** The knobs of Video Depth Anything. */
export const params = z.object({
	normalise: z.enum(["running", "chunk"]).default("running").meta({
		label: "Range",
		description:
			"What is black and what is white. running: the farthest and nearest, followed slowly. chunk: of every four frames anew, as in Scope, which flickers.",
	}),
	adapt: z.number().min(0).max(1).default(0.05).meta({
		label: "Adapt",
		description: "How far a running range goes towards that of each new frame.",
		modulate: true,
		step: 0.01,
	}),
	continuous: z.boolean().default(true).meta({
		label: "Continuous",
		description: "Remembers the frames before. Off: every four frames begin as new, as in Scope.",
	}),
	memory: z.int().min(1).max(31).default(1).meta({
		label: "Memory",
		description: "Frames before that each pixel sees. More are steadier and slower; Scope has one.",
		unit: "frames",
		apply: "reload",
	}),
	resolution: z.int().min(98).max(1022).multipleOf(14).default(518).meta({
		label: "Resolution",
		description: "Shorter side of what the model sees. Half of it takes a quarter of the time.",
		unit: "px",
		step: 14,
		apply: "reload",
	}),
});

/** Values of Video Depth Anything. */
export type DepthValues = z.output<typeof params>;
