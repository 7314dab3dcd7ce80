import * as z from "zod";

/** The knobs of breathe. */
export const params = z.object({
	target: z.string().max(100).default("/lora/scale").meta({
		label: "Parameter",
		description: "Address of the generator's parameter that is moved: `/speed`, `/prompt/1/weight`.",
	}),
	depth: z.number().min(0).max(1).default(0.2).meta({
		label: "Depth",
		description: "How far it goes up and down, as a share of the range of the parameter.",
		step: 0.01,
	}),
	period: z.number().min(0.1).max(60).default(4).meta({
		label: "Period",
		description: "How long one breath takes.",
		unit: "s",
		step: 0.1,
	}),
});
