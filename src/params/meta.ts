import type * as z from "zod";
import type { Suggestions } from "./suggestions.ts";

/** When a change takes hold: at the next chunk, or by opening the pipeline anew. */
export type Apply = "chunk" | "reload";

/** Values that other parameters must have, by address; each of them one of its list. */
export type When = Readonly<Record<string, readonly (string | number | boolean)[]>>;

declare module "zod" {
	interface GlobalMeta {
		/** The name on a panel. */
		label?: string;
		/** Unit of a number: `s`, `px`, `fps`, `dB` … */
		unit?: string;
		/** The smallest change worth making, in the number's own unit. */
		step?: number;
		/** How 0 … 1 travels over the range: `log` gives every octave the same way. Needs a minimum above 0. */
		curve?: "linear" | "log";
		/** When a change takes hold; `chunk` unless said. */
		apply?: Apply;
		/** Whether it may be moved by time or sound. */
		modulate?: boolean;
		/** A boolean that is true for one chunk after it was fired, and has no value in between. */
		trigger?: boolean;
		/** May be read but not set. */
		readOnly?: boolean;
		/** Address segments to use instead of the key, relative to the parent: `prompt/transition`. */
		address?: string;
		/** On an array of objects: the field of its first item that its own address stands for. */
		itself?: string;
		/** On an array of objects: the field whose value its items are called by, too: `/lora/film-noir/scale`. */
		calledBy?: string;
		/** How a panel draws it, where the type alone does not say. */
		widget?: "fader" | "knob" | "xy" | "text" | "prompts" | "file" | "colour";
		/** On a string: where a panel finds what may be chosen (`sources/camera`, `rings`). */
		choicesFrom?: string;
		/** On a text, or on a list of texts for those of its first item that its address stands for: words that a panel offers. */
		suggestions?: Suggestions;
		/** Name of the group on a panel. */
		group?: string;
		/**
		 * When it has an effect: `{ "/mode": ["video"] }`, by addresses of the same schema. A panel hides it otherwise. On an
		 * object or a list it goes for everything within, beside what that says itself.
		 */
		when?: When;
	}
}

/** A schema of a guest's parameters. */
export type ParamsSchema = z.ZodObject;
