/** A token that is found in text as it stands, before the model cuts: `</s>`, `<extra_id_0>`. */
export interface AddedToken {
	readonly id: number;
	readonly content: string;
	/** Takes the white space before it along. */
	readonly lstrip?: boolean;
	/** Takes the white space after it along. */
	readonly rstrip?: boolean;
	/** Counts only where it is not part of a longer word. */
	readonly single_word?: boolean;
	/** Is looked for after the text was normalised. */
	readonly normalized?: boolean;
}

/** A stretch of text, or the id of an added token that stood there. */
export type Stretch = string | number;

/** Finds added tokens; of several at one place the longest. */
export function added(tokens: readonly AddedToken[]): (text: string) => Stretch[] {
	if (tokens.length === 0) return (text) => (text === "" ? [] : [text]);
	const byContent = new Map(tokens.map((token) => [token.content, token]));
	const longestFirst = [...byContent.keys()].sort((a, b) => b.length - a.length);
	const any = new RegExp(longestFirst.map((content) => content.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|"), "gu");
	return (text) => {
		const stretches: Stretch[] = [];
		let from = 0;
		for (const { 0: content, index } of text.matchAll(any)) {
			const token = byContent.get(content);
			const end = index + content.length;
			if (!token || index < from || (token.single_word && !alone(text, index, end))) continue;
			const before = text.slice(from, index);
			const after = /^\s*/.exec(text.slice(end))?.[0].length ?? 0;
			const kept = token.lstrip ? before.trimEnd() : before;
			if (kept !== "") stretches.push(kept);
			stretches.push(token.id);
			from = end + (token.rstrip ? after : 0);
		}
		if (from < text.length) stretches.push(text.slice(from));
		return stretches;
	};
}

function alone(text: string, start: number, end: number): boolean {
	return !/\w$/u.test(text.slice(0, start)) && !/^\w/u.test(text.slice(end));
}
