import * as z from "zod";
import { definePipeline, type Pipeline } from "../../../src/contract/pipeline.ts";
import type { Shown } from "./rehearsal.ts";

/** How large the lamp is. */
export const SIZE = { width: 4, height: 2 };

const params = z.object({
	level: z.number().min(0).max(255).default(10),
	body: z.string().default("a").meta({ apply: "reload" }),
	flash: z.boolean().default(false).meta({ trigger: true }),
});
type Values = z.output<typeof params>;

interface Hooks {
	open?(values: Values, signal: AbortSignal): Promise<void> | void;
	generate?(values: Values, turn: Parameters<Pipeline["generate"]>[2]): void;
	reset?(): void;
	close?(values: Values): void;
}

/** A pipeline of one grey, its level; a new instance for each `body`. The hooks are called as it is. */
export function lamp({ open, generate, reset, close }: Hooks = {}, id = "lamp", chunk = 1) {
	return definePipeline({
		id,
		title: "Lamp",
		description: "One grey.",
		source: "This test.",
		modes: ["text"],
		params,
		async open({ params, frame }, signal) {
			await open?.(params, signal);
			return {
				rate: () => 30,
				generate: (_input, values, turn) => {
					generate?.(values, turn);
					const make = () => {
						const made = frame(SIZE);
						made.data.fill(values.flash ? 255 : values.level);
						return made;
					};
					return { frames: Array.from({ length: chunk }, make) };
				},
				reset: () => reset?.(),
				[Symbol.asyncDispose]: async () => close?.(params),
			};
		},
	});
}

/** What takes the place of something else does so at once. */
export const NO_FADE = { fade: 0 };
/** What was shown last. */
export const last = (shown: readonly Shown[]) => shown.at(-1);
