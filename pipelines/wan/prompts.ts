import * as z from "zod";

/** One text and its share in the picture. */
export interface Prompt {
	/** What is to be seen. */
	readonly text: string;
	/** Its weight against the others, 0 and up; only the ratios count. */
	readonly weight: number;
}

const weighted = z.object({ text: z.string(), weight: z.number().default(1) });

/** The forms in which prompts may come: one text, several of equal weight, or several with their weights. */
export const promptInput = z.union([z.string(), z.array(z.union([z.string(), weighted]))]);

/** Prompts of any form, as a list of texts and weights. No prompt at all is one empty text. */
export function promptsOf(input: z.input<typeof promptInput>): readonly Prompt[] {
	const list = typeof input === "string" ? [input] : input;
	if (list.length === 0) return [{ text: "", weight: 1 }];
	return list.map((entry) =>
		typeof entry === "string" ? { text: entry, weight: 1 } : { text: entry.text, weight: entry.weight ?? 1 },
	);
}

/** Whether two lists say the same: the same texts with the same weights, in the same order. */
export function samePrompts(a: readonly Prompt[], b: readonly Prompt[]): boolean {
	return (
		a.length === b.length && a.every(({ text, weight }, i) => text === b[i]?.text && Object.is(weight, b[i]?.weight))
	);
}
