import { MutoscopeError } from "mutoscope/sdk";
import type { Part } from "./normaliser.ts";

/** Cuts text into words before the model sees it. `first` is whether the text begins the prompt. */
export type Words = (text: string, first: boolean) => string[];

/**
 * Builds the cut that the `pre_tokenizer` of a tokenizer.json asks for; the whole text for none.
 *
 * Errors: `tokenizer/invalid` for a kind that is not known here.
 */
export function words(part: Part | null | undefined): Words {
	if (!part) return (text) => [text];
	switch (part.type) {
		case "Sequence": {
			const steps = (part.pretokenizers as Part[]).map(words);
			return (text, first) => steps.reduce((so, step) => so.flatMap((word, i) => step(word, first && i === 0)), [text]);
		}
		case "WhitespaceSplit":
			return (text) => text.match(/\S+/g) ?? [];
		case "Metaspace":
			return metaspace(part);
		default:
			throw new MutoscopeError("tokenizer/invalid", { reason: `its pre-tokenizer ${part.type} is not known here` });
	}
}

/** Spaces become a visible mark that begins each word, the first one too (SentencePiece). */
function metaspace(part: Part): Words {
	const mark = (part.replacement as string | undefined) ?? "▁";
	const scheme = part.prepend_scheme ?? (part.add_prefix_space === false ? "never" : "always");
	return (text, first) => {
		let marked = text.replaceAll(" ", mark);
		const prefixed = scheme === "always" || (scheme === "first" && first);
		if (prefixed && !marked.startsWith(mark)) marked = mark + marked;
		return part.split === false ? [marked] : split(marked, mark);
	};
}

/** "a▁b" → "a", "▁b". */
function split(text: string, mark: string): string[] {
	const parts: string[] = [];
	let start = 0;
	for (let at = text.indexOf(mark, 1); at >= 0; at = text.indexOf(mark, at + mark.length)) {
		parts.push(text.slice(start, at));
		start = at;
	}
	if (start < text.length) parts.push(text.slice(start));
	return parts;
}
