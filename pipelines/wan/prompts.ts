/** One text and its share in the picture. */
export interface Prompt {
	/** What is to be seen. */
	readonly text: string;
	/** Its weight against the others, 0 and up; only the ratios count. */
	readonly weight: number;
}

/** Whether two lists say the same: the same texts with the same weights, in the same order. */
export function samePrompts(a: readonly Prompt[], b: readonly Prompt[]): boolean {
	return (
		a.length === b.length && a.every(({ text, weight }, i) => text === b[i]?.text && Object.is(weight, b[i]?.weight))
	);
}
