import { readFile } from "node:fs/promises";
import type { Asked, Palette } from "./measures/colours.ts";

/** Words for a picture, and what they ask for. */
export interface Prompt extends Asked {
	readonly text: string;
	readonly pattern: string;
	readonly motion: string;
	readonly speed: "slow" | "medium" | "fast";
}

/** What the model is asked. No combination of pattern, colours and motion of it was in its training. */
export interface Prompts {
	readonly colours: Palette;
	/** A hundred, drawn at random, in words drawn at random. */
	readonly prompts: readonly Prompt[];
	/** The same at three speeds, slow first. */
	readonly triples: readonly (readonly [Prompt, Prompt, Prompt])[];
	/** One after another. */
	readonly switches: readonly Prompt[];
	/** In plain words and style; `variety` is the mean distance of scenes of the prompt from many viewpoints. */
	readonly varied: readonly (Prompt & { readonly variety: number })[];
}

/** As `pipelines/wan/training/world/prompts.py` has written them. */
export async function readPrompts(): Promise<Prompts> {
	return JSON.parse(await readFile(new URL("prompts.json", import.meta.url), "utf8")) as Prompts;
}
