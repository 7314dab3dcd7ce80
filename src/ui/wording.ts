import type { ParamInfo } from "../client/index.ts";

/** Words that are offered for a text. */
export type Suggestions = NonNullable<ParamInfo["suggestions"]>;
export type WordKind = Suggestions["kinds"][number];

/** A word of a kind where a text says it: from its first word to the one after its last. */
interface Said {
	readonly kind: number;
	readonly word: string;
	readonly from: number;
	readonly to: number;
}

/** What may stand between `on` and the word. */
const ARTICLES = new Set(["a", "an", "the"]);
/** A kind of fewer words is an accent: what is made up says it half of the time. */
const ACCENT = 5;

/** The offered words that a text says, by the kind's name. */
export function saidIn(text: string, kinds: readonly WordKind[]): ReadonlyMap<string, string> {
	return new Map(allSaid(wordsOf(text), kinds).map(({ kind, word }) => [kinds[kind]?.name ?? "", word]));
}

/** A text with a word put into its place: instead of the one of its kind, else where the kind belongs; taken out if it is there. */
export function withWord(text: string, kinds: readonly WordKind[], name: string, word: string): string {
	const at = kinds.findIndex((kind) => kind.name === name);
	const kind = kinds[at];
	if (!kind) return text;
	const words = wordsOf(text);
	const all = allSaid(words, kinds);
	const rivals = all.filter((said) => kind.alone || placeOf(kinds[said.kind]) === placeOf(kind));
	const isSaid = all.some((said) => said.kind === at && said.word === word);
	const fresh = isSaid ? [] : phrase(kind, word);
	const [spot = whereTo(all, kinds, at, words.length)] = rivals
		.filter((said) => placeOf(kinds[said.kind]) === placeOf(kind))
		.map(({ from }) => from);
	const gone = new Set(rivals.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, i) => from + i)));
	const kept = (from: number, to: number) => words.slice(from, to).filter((_, i) => !gone.has(from + i));
	return [...kept(0, spot), ...fresh, ...kept(spot, words.length)].join(" ");
}

/** Whether a word of a kind goes with what else is said. */
export function goesWith({ fits }: WordKind, word: string, said: ReadonlyMap<string, string>): boolean {
	const fitting = fits?.by[said.get(fits.kind) ?? ""];
	return fitting === undefined || fitting.includes(word);
}

/** A text by the grammar, or now and then one that somebody thought of. `random`: from 0 to 1, another each time. */
export function surprise({ kinds, examples }: Suggestions, random: () => number = Math.random): string {
	const pick = <T>(of: readonly T[]) => of[Math.floor(random() * of.length)];
	if (random() < 0.15 || kinds.length === 0) return pick(examples) ?? "";
	const made: string[] = [];
	const picked = new Map<string, string>();
	const alone = kinds.filter((kind) => kind.alone);
	if (alone.length > 0 && random() < 0.15) return pick(pick(alone)?.words ?? []) ?? "";
	for (const kind of kinds) {
		if (kind.alone || (kind.words.length < ACCENT && random() < 0.5)) continue;
		const taken = new Set(picked.values());
		const word = pick(kind.words.filter((each) => !taken.has(each) && goesWith(kind, each, picked)));
		if (word === undefined) continue;
		picked.set(kind.name, word);
		made.push(...phrase(kind, word));
	}
	return made.length > 0 ? made.join(" ") : (pick(examples) ?? "");
}

function phrase({ before }: WordKind, word: string): string[] {
	return before === undefined ? [word] : [before, word];
}

function placeOf(kind: WordKind | undefined): string | undefined {
	return kind?.place ?? kind?.name;
}

/** Before which word a kind that is not said yet belongs. */
function whereTo(all: readonly Said[], kinds: readonly WordKind[], at: number, end: number): number {
	const rank = (kind: number) => kinds.findIndex(({ name }) => name === placeOf(kinds[kind]));
	const earlier = all.filter(({ kind }) => rank(kind) < rank(at));
	const last = earlier.at(-1);
	if (last) return last.to;
	return all.find(({ kind }) => rank(kind) > rank(at))?.from ?? end;
}

function wordsOf(text: string): string[] {
	return text.split(/\s+/).filter((word) => word !== "");
}

/** From left to right, of several that begin at one word the longest. */
function allSaid(words: readonly string[], kinds: readonly WordKind[]): Said[] {
	const plain = words.map((word) => word.toLowerCase().replace(/[.,;!?]+$/, ""));
	const found: Said[] = [];
	for (let from = 0; from < plain.length; ) {
		const here = kinds.flatMap((kind, i) => saidAt(plain, from, kind, i));
		const longest = here.reduce<Said | undefined>((best, one) => (best && best.to >= one.to ? best : one), undefined);
		if (longest) found.push(longest);
		from = longest?.to ?? from + 1;
	}
	return found;
}

function saidAt(words: readonly string[], from: number, kind: WordKind, at: number): Said[] {
	let begin = from;
	if (kind.before !== undefined) {
		if (words[begin++] !== kind.before) return [];
		if (ARTICLES.has(words[begin] ?? "")) begin++;
	}
	return [...kind.words, ...(kind.also ?? [])].flatMap((word) => {
		const parts = word.toLowerCase().split(" ");
		if (!parts.every((part, i) => words[begin + i] === part)) return [];
		return [{ kind: at, word, from, to: begin + parts.length }];
	});
}
