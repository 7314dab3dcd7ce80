import { decodeHTML, decodeHTMLStrict } from "entities/decode";
import { repairEncoding } from "./mojibake.ts";

/** The Latin ligatures and digraphs that stand for their letters; the rest of Unicode's are meant. */
const LIGATURES = /[ĲĳŉǱ-ǳǄ-ǌﬀ-ﬆ]/gu;
/** Forms as wide as an ideograph, or half as wide as they should be, and the ideographic space. */
const WIDTHS = /[\u3000\uff01-\uffef]/gu;
const DOUBLE_QUOTES = /[\u201c-\u201f]/gu;
const SINGLE_QUOTES = /[\u02bc\u2018-\u201b]/gu;
const LINE_BREAKS = /\r\n|[\r\u2028\u2029\u0085]/gu;
/** What terminals are coloured with. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const TERMINAL_ESCAPES = /\u001b\[[\d;]*[a-zA-Z]/gu;
/** Characters that show nothing (Unicode technical report 20), apart from white space. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
const CONTROLS = /[\u0000-\u0008\u000b\u000e-\u001f\u007f\u206a-\u206f\ufeff\ufff9-\ufffc]/gu;
/** Numbers and names of characters that end as they should. */
const STRICT_ENTITY = /&(?:#\d+|#[xX][0-9a-fA-F]+|[a-zA-Z][a-zA-Z0-9]*);/gu;
/** Python's white space, which is a little more than a regular expression's. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: some of them count as white space
const SPACES = /[\s\u001c-\u001f\u0085]+/gu;

/**
 * A prompt as Wan's text encoder was trained to see it: repaired, without HTML's names of characters, white space
 * collapsed. Case is kept. What is repaired follows ftfy (Speer 2019), with a simpler test for wrongly decoded text.
 */
export function cleanPrompt(prompt: string): string {
	const repaired = prompt.split(/(?<=\n)/u).map(repairLine);
	const plain = decodeHTML(decodeHTML(repaired.join("")));
	return plain.replace(SPACES, " ").trim();
}

/** One line, repaired again until nothing changes. Where a `<` stands the line is HTML and keeps its entities. */
function repairLine(line: string): string {
	const html = line.includes("<");
	let so = line;
	for (;;) {
		const next = repairOnce(html ? so : so.replace(STRICT_ENTITY, entity));
		if (next === so) return so;
		so = next;
	}
}

function repairOnce(line: string): string {
	return repairEncoding(line)
		.replace(LIGATURES, ligature)
		.replace(WIDTHS, (character) => (character === "\u3000" ? " " : character.normalize("NFKC")))
		.replace(DOUBLE_QUOTES, '"')
		.replace(SINGLE_QUOTES, "'")
		.replace(LINE_BREAKS, "\n")
		.replace(/\p{Surrogate}/gu, "\ufffd")
		.replace(TERMINAL_ESCAPES, "")
		.replace(CONTROLS, "")
		.normalize("NFC");
}

/** NFKC takes every one apart as meant but two: the first keeps its apostrophe a letter, the second its long s. */
function ligature(character: string): string {
	if (character === "ﬅ") return "ſt";
	return character.normalize("NFKC");
}

/** The character that is meant; names in capitals are those of old databases: `P&EACUTE;REZ`. */
function entity(text: string): string {
	const decoded = decodeHTMLStrict(text);
	if (decoded !== text || !/^&[A-Z]+;$/u.test(text)) return decoded;
	const lower = decodeHTMLStrict(text.toLowerCase());
	return /^[\u00c0-\u00ff]$/u.test(lower) ? lower.toUpperCase() : text;
}
