import * as z from "zod";

/** The knobs of the test card. */
export const params = z.object({
	width: z.int().min(128).max(3840).default(1280).meta({ label: "Width", unit: "px", apply: "reload" }),
	height: z.int().min(128).max(2160).default(720).meta({ label: "Height", unit: "px", apply: "reload" }),
	fps: z.number().min(1).max(120).default(30).meta({ label: "Rate", unit: "fps", step: 1 }),
});
