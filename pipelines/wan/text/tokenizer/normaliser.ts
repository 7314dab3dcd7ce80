import { MutoscopeError } from "mutoscope/sdk";
import { Charsmap } from "./charsmap.ts";

/** One step of rewriting text before it is cut: what the `normalizer` of a tokenizer.json holds. */
export type Normaliser = (text: string) => string;

/** A part of a tokenizer.json: which kind it is, and its settings. */
export interface Part {
	readonly type: string;
	readonly [key: string]: unknown;
}

/** A search pattern as tokenizer.json writes it. */
interface Pattern {
	readonly String?: string;
	readonly Regex?: string;
}

/**
 * Builds the rewriting that a tokenizer.json asks for; the identity for none.
 *
 * Errors: `tokenizer/invalid` for a kind that is not known here.
 */
export function normaliser(part: Part | null | undefined): Normaliser {
	if (!part) return (text) => text;
	switch (part.type) {
		case "Sequence": {
			const steps = (part.normalizers as Part[]).map(normaliser);
			return (text) => steps.reduce((so, step) => step(so), text);
		}
		case "Precompiled": {
			const map = part.precompiled_charsmap as string | null;
			if (!map) return (text) => text;
			const charsmap = new Charsmap(Buffer.from(map, "base64"));
			return (text) => charsmap.apply(text);
		}
		case "Replace": {
			const what = pattern(part.pattern as Pattern);
			const by = part.content as string;
			return (text) => text.replace(what, () => by);
		}
		case "NFC":
		case "NFD":
		case "NFKC":
		case "NFKD": {
			const form = part.type;
			return (text) => text.normalize(form);
		}
		case "Strip": {
			const left = part.strip_left !== false;
			const right = part.strip_right !== false;
			return (text) => (right ? (left ? text.trim() : text.trimEnd()) : left ? text.trimStart() : text);
		}
		case "Lowercase":
			return (text) => text.toLowerCase();
		case "Prepend": {
			const prefix = part.prepend as string;
			return (text) => (text === "" ? text : prefix + text);
		}
		default:
			throw new MutoscopeError("tokenizer/invalid", { reason: `its normalizer ${part.type} is not known here` });
	}
}

/** A pattern of tokenizer.json as a regular expression. */
function pattern({ String: literal, Regex: expression }: Pattern): RegExp {
	return new RegExp(expression ?? (literal ?? "").replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "gu");
}
