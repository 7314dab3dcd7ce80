import type { CyclicRule } from "../systems/cyclic.ts";
import type { GenerationsRule } from "../systems/generations.ts";

/** A rule that can be written down in a few characters. */
export type Rule =
	| ({ readonly system: "generations" } & GenerationsRule)
	| ({ readonly system: "cyclic" } & CyclicRule)
	| { readonly system: "elementary"; readonly number: number };

const BIRTH_FIRST = /^B(?<birth>[0-8]*)\/S(?<survival>[0-8]*)(?:\/C?(?<states>\d{1,3}))?$/i;
const SURVIVAL_FIRST = /^(?<survival>[0-8]*)\/(?<birth>[0-8]*)(?:\/(?<states>\d{1,3}))?$/;
const CYCLIC = /^R(?<range>\d{1,2})\/T(?<threshold>\d{1,3})\/C(?<states>\d{1,3})\/N(?<neighbourhood>[MN])$/i;
const ELEMENTARY = /^(?:W|rule )(?<number>\d{1,3})$/i;

/**
 * The rule that a text stands for.
 *
 * - `B3/S23`, or survival first `23/3`: life-like
 * - `B2/S345/C4`, or `345/2/4`: Generations
 * - `R2/T3/C5/NM`: cyclic; range, threshold, states, neighbourhood (M Moore, N von Neumann)
 * - `W110`, or `rule 110`: elementary
 *
 * Throws `RangeError` with a sentence that says why it stands for none.
 */
export function parseRule(text: string): Rule {
	const word = text.trim();
	const counted = (BIRTH_FIRST.exec(word) ?? SURVIVAL_FIRST.exec(word))?.groups;
	if (counted) {
		const { birth = "", survival = "", states = "2" } = counted;
		if (birth.includes("0")) throw new RangeError("a rule with B0 makes the whole picture flash");
		return {
			system: "generations",
			birth: bitsOf(birth),
			survival: bitsOf(survival),
			states: within(Number(states), 2, 255, "states"),
		};
	}
	const cyclic = CYCLIC.exec(word)?.groups;
	if (cyclic) {
		return {
			system: "cyclic",
			range: within(Number(cyclic.range), 1, 10, "range"),
			threshold: within(Number(cyclic.threshold), 1, 440, "threshold"),
			states: within(Number(cyclic.states), 2, 254, "states"),
			neighbourhood: cyclic.neighbourhood?.toUpperCase() === "M" ? "moore" : "von-neumann",
		};
	}
	const elementary = ELEMENTARY.exec(word)?.groups;
	if (elementary) return { system: "elementary", number: within(Number(elementary.number), 0, 255, "number") };
	throw new RangeError("it should look like B3/S23, 345/2/4, R2/T3/C5/NM or W110");
}

function bitsOf(digits: string): number {
	let bits = 0;
	for (const digit of digits) {
		if (bits & (1 << Number(digit))) throw new RangeError(`${digit} stands twice`);
		bits |= 1 << Number(digit);
	}
	return bits;
}

function within(value: number, min: number, max: number, what: string): number {
	if (value < min || value > max) throw new RangeError(`${what} must be ${min} to ${max}`);
	return value;
}
