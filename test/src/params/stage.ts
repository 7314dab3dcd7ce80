import * as z from "zod";
import { jsonSchemaOf } from "../../../src/params/schema.ts";
import { ParamStore } from "../../../src/params/store.ts";

/** Parameters of every type. */
export const generator = z.object({
	prompt: z
		.array(z.object({ text: z.string().max(20).default(""), weight: z.number().min(0).max(2).default(1) }))
		.max(2)
		.default([{ text: "a lake", weight: 1 }])
		.meta({ itself: "text" }),
	vace: z.object({ scale: z.number().min(0).max(2).default(1), enabled: z.boolean().default(true) }).prefault({}),
	hue: z.number().min(20).max(20_000).default(20).meta({ curve: "log" }),
	width: z.int().multipleOf(16).min(256).max(1280).default(832),
	steps: z.array(z.int().min(1).max(1000)).min(1).max(4).default([1000, 500]),
	palette: z.enum(["ink", "fire", "ice"]).default("ink"),
	reset: z.boolean().default(false).meta({ trigger: true }),
	age: z.number().default(0).meta({ readOnly: true }),
});

/** A store with a session in it. */
export function stage(): ParamStore {
	const store = new ParamStore();
	store.mount("/main", jsonSchemaOf(generator));
	return store;
}

/** The code of what is thrown. */
export function code(run: () => unknown): unknown {
	try {
		run();
		return "nothing was thrown";
	} catch (error) {
		return (error as { code?: string }).code ?? error;
	}
}
