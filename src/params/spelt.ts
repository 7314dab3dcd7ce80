import type { Ranged } from "./value.ts";

const WORDS: Readonly<Record<string, boolean>> = {
	true: true,
	false: false,
	on: true,
	off: false,
	yes: true,
	no: false,
};

/**
 * What a text spells where a parameter wants none: a number, yes or no, a list of numbers. Where one is wanted, or where it
 * spells nothing, it stays as it is. `param`: `undefined` where a facet of one is meant, a `/norm` or a `/ramp`.
 */
export function spelt(param: Ranged | undefined, text: string): string | number | boolean | readonly number[] {
	const type = param?.type ?? "numbers";
	if (type === "string" || type === "enum") return text;
	const word = WORDS[text.trim().toLowerCase()];
	if (word !== undefined && type !== "numbers") return word;
	const numbers = text
		.split(/[\s,;]+/)
		.filter(Boolean)
		.map(Number);
	if (numbers.length === 0 || numbers.some(Number.isNaN)) return text;
	const [first] = numbers;
	return first !== undefined && numbers.length === 1 ? first : numbers;
}
