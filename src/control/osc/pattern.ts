/**
 * An OSC address pattern, read once: `?`, `*`, `[a-z]`, `[!a-z]`, `{this,that}`, and with `deep` a `**` or `//` for any
 * number of segments.
 *
 * No regular expression is made of what comes from the network. Matching visits each character of the address at most
 * once for each character of the pattern, and a pattern is bounded, so that the worst one takes microseconds.
 */
export interface Pattern {
	/** Whether an address is meant. */
	matches(address: string): boolean;
}

/** What a pattern may hold at most: stars in a segment, the rest in all. */
const LIMITS = { length: 256, segments: 16, stars: 4, words: 32 } as const;

type Token =
	| { readonly kind: "text"; readonly text: string }
	| { readonly kind: "any" }
	| { readonly kind: "star" }
	| { readonly kind: "set"; readonly ranges: readonly (readonly [number, number])[]; readonly not: boolean }
	| { readonly kind: "words"; readonly words: readonly string[] };

/** One segment: its tokens, or any number of segments. */
type Segment = readonly Token[] | "deep";

/** Whether a text holds characters that make an address a pattern. */
export function isPattern(address: string): boolean {
	for (let i = 0; i < address.length; i++) {
		const code = address.charCodeAt(i);
		if (code === 0x2a || code === 0x3f || code === 0x5b || code === 0x7b) return true;
	}
	return false;
}

/** Reads a pattern; `undefined` if it is none, or beyond what we allow. */
export function readPattern(pattern: string, { deep = false } = {}): Pattern | undefined {
	if (!pattern.startsWith("/") || pattern.length > LIMITS.length) return undefined;
	const names = pattern.slice(1).split("/");
	if (names.length > LIMITS.segments) return undefined;
	const segments: Segment[] = [];
	let words = 0;
	for (const name of names) {
		const segment = deep && (name === "**" || name === "") ? "deep" : readSegment(name);
		if (!segment) return undefined;
		if (segment === "deep" && segments.at(-1) === "deep") continue;
		for (const token of segment === "deep" ? [] : segment) words += token.kind === "words" ? token.words.length : 0;
		if (words > LIMITS.words) return undefined;
		segments.push(segment);
	}
	return { matches: (address) => address.startsWith("/") && matchPath(segments, address.slice(1).split("/")) };
}

function readSegment(name: string): readonly Token[] | undefined {
	const tokens: Token[] = [];
	let text = "";
	for (let i = 0; i < name.length; i++) {
		const character = name[i] as string;
		const special = character === "*" || character === "?" || character === "[" || character === "{";
		if (!special) {
			if (character === "]" || character === "}") return undefined;
			text += character;
			continue;
		}
		if (text) tokens.push({ kind: "text", text });
		text = "";
		if (character === "?") tokens.push({ kind: "any" });
		else if (character === "*") {
			if (tokens.at(-1)?.kind !== "star") tokens.push({ kind: "star" });
		} else {
			const close = name.indexOf(character === "[" ? "]" : "}", i + 1);
			if (close < 0) return undefined;
			const inside = name.slice(i + 1, close);
			tokens.push(character === "[" ? readSet(inside) : { kind: "words", words: inside.split(",") });
			i = close;
		}
	}
	if (text) tokens.push({ kind: "text", text });
	return tokens.filter(({ kind }) => kind === "star").length > LIMITS.stars ? undefined : tokens;
}

function readSet(inside: string): Token {
	const not = inside.startsWith("!");
	const ranges: [number, number][] = [];
	for (let i = not ? 1 : 0; i < inside.length; i++) {
		const from = inside.charCodeAt(i);
		const range = inside[i + 1] === "-" && i + 2 < inside.length;
		const to = range ? inside.charCodeAt(i + 2) : from;
		ranges.push([Math.min(from, to), Math.max(from, to)]);
		if (range) i += 2;
	}
	return { kind: "set", ranges, not };
}

/** Segment by segment; at a mismatch the last `deep` takes one segment more, as the classic wildcard match does. */
function matchPath(segments: readonly Segment[], names: readonly string[]): boolean {
	let s = 0;
	let n = 0;
	let retry: { s: number; n: number } | undefined;
	while (n < names.length) {
		const segment = segments[s];
		if (segment === "deep") {
			retry = { s: ++s, n };
		} else if (segment && matchSegment(segment, names[n] as string)) {
			s++;
			n++;
		} else if (retry) {
			retry.n++;
			({ s, n } = retry);
		} else {
			return false;
		}
	}
	return s === segments.length || (segments[s] === "deep" && s + 1 === segments.length);
}

/** Walks the tokens, keeping every place in the name that the tokens so far can reach. */
function matchSegment(tokens: readonly Token[], name: string): boolean {
	let reached = new Set([0]);
	for (const token of tokens) {
		const next = new Set<number>();
		if (token.kind === "star") {
			for (let at = Math.min(...reached); at <= name.length; at++) next.add(at);
		} else {
			for (const at of reached) step(token, name, at, next);
		}
		if (next.size === 0) return false;
		reached = next;
	}
	return reached.has(name.length);
}

function step(token: Exclude<Token, { kind: "star" }>, name: string, at: number, next: Set<number>): void {
	if (token.kind === "text") {
		if (name.startsWith(token.text, at)) next.add(at + token.text.length);
	} else if (token.kind === "words") {
		for (const word of token.words) if (name.startsWith(word, at)) next.add(at + word.length);
	} else if (at < name.length) {
		const code = name.charCodeAt(at);
		const inside = token.kind === "any" || token.ranges.some(([from, to]) => code >= from && code <= to) !== token.not;
		if (inside) next.add(at + 1);
	}
}
