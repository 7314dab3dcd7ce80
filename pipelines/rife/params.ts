import * as z from "zod";

/** The knobs of RIFE. */
export const params = z.object({
	continuous: z.boolean().default(true).meta({
		label: "Continuous",
		description:
			"Also between the last frame of a chunk and the first of the next. Off: each chunk by itself, as in Scope.",
	}),
});
