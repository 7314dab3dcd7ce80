import fc from "fast-check";
import { expect, test } from "vitest";
import { goesWith, saidIn, surprise, type WordKind, withWord } from "../../../src/ui/wording.ts";

const kinds: WordKind[] = [
	{ name: "speed", words: ["slow", "fast"], also: ["slowly"] },
	{ name: "colour", words: ["cyan", "red", "purple"] },
	{ name: "pattern", words: ["rings", "spiral", "tunnel"] },
	{ name: "motion", words: ["moving left", "zooming in", "pulsing"], also: ["moving"] },
	{ name: "ground", words: ["black", "purple"], before: "on" },
	{ name: "scene", words: ["night", "lava lamp"], place: "pattern", alone: true },
];
const put = (text: string, kind: string, word: string) => withWord(text, kinds, kind, word);

test("what a text says is found by kind: words of several words, capitals, commas, an article after `on`", () => {
	expect(Object.fromEntries(saidIn("Slow, cyan tunnel zooming in on a purple background", kinds))).toEqual({
		speed: "slow",
		colour: "cyan",
		pattern: "tunnel",
		motion: "zooming in",
		ground: "purple",
	});
	expect(saidIn("a slower ringside onpurple", kinds).size).toBe(0);
});

test.each([
	["", "pattern", "rings", "rings"],
	["rings", "speed", "slow", "slow rings"],
	["slow rings", "motion", "zooming in", "slow rings zooming in"],
	["slow rings zooming in", "ground", "purple", "slow rings zooming in on purple"],
	["slow rings on purple", "colour", "red", "slow red rings on purple"],
	["a dream of rings please", "speed", "fast", "a dream of fast rings please"],
	["rings on black", "motion", "pulsing", "rings pulsing on black"],
])("a word goes where its kind belongs: %s + %s %s", (text, kind, word, after) => {
	expect(put(text, kind, word)).toBe(after);
});

test.each([
	["slow cyan rings", "colour", "purple", "slow purple rings"],
	["cyan rings on a purple", "ground", "black", "cyan rings on black"],
	["rings moving left", "motion", "pulsing", "rings pulsing"],
	["slowly rings slow", "speed", "fast", "fast rings"],
	["slow cyan rings on black", "scene", "lava lamp", "lava lamp"],
	["red night", "pattern", "spiral", "red spiral"],
	["red rings of my own", "scene", "night", "night of my own"],
])("it takes the place of what its kind said: %s + %s %s", (text, kind, word, after) => {
	expect(put(text, kind, word)).toBe(after);
});

test("chosen again it is taken out", () => {
	expect(put("slow cyan rings on purple", "ground", "purple")).toBe("slow cyan rings");
	expect(put("rings", "pattern", "rings")).toBe("");
});

test("from anywhere, a word that was put is said, and putting it again takes it out", () => {
	const any = fc.constantFrom(...kinds.flatMap(({ name, words }) => words.map((word) => [name, word] as const)));
	fc.assert(
		fc.property(fc.array(any, { maxLength: 8 }), any, (steps, [kind, word]) => {
			const before = steps.reduce((text, [name, each]) => put(text, name, each), "");
			const isSaid = saidIn(before, kinds).get(kind) === word;
			expect(saidIn(put(before, kind, word), kinds).get(kind)).toBe(isSaid ? undefined : word);
		}),
	);
});

test("a word that does not go with another is known, and no surprise", () => {
	const fits = { kind: "pattern", by: { rings: ["pulsing"] } };
	const picky = [kinds[2], { ...kinds[3], fits }] as WordKind[];
	const goes = (text: string, word: string) => goesWith(picky[1] as WordKind, word, saidIn(text, picky));
	expect([goes("rings", "pulsing"), goes("rings", "moving left"), goes("tunnel", "moving left")]).toEqual([
		true,
		false,
		true,
	]);
	fc.assert(
		fc.property(fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })), (stream) => {
			const text = surprise({ kinds: picky, examples: ["tunnel"] }, () => Number(stream.next().value));
			expect(text).not.toMatch(/rings (moving|zooming)/);
		}),
	);
});

test("a surprise is made by the grammar, or is one of the examples", () => {
	const examples = ["two words"];
	fc.assert(
		fc.property(fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })), (stream) => {
			const text = surprise({ kinds, examples }, () => Number(stream.next().value));
			expect(text).not.toBe("");
			if (examples.includes(text)) return;
			const said = saidIn(text, kinds);
			const rest = [...said].reduce((left, [kind, word]) => put(left, kind, word), text);
			expect(rest).toBe("");
		}),
	);
});
