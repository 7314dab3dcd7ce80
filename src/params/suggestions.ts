import * as z from "zod";

const word = z.string().min(1).max(60);

/** Words of one meaning, of which a text says one at a time. */
const wordKind = z.object({
	/** What they say: `colour`. */
	name: z.string().max(60),
	/** Those that are offered; some may be several words long. */
	words: z.array(word).max(100).readonly(),
	/** Further ones that mean something of this kind, too, and make room for one that is chosen. */
	also: z.array(word).max(500).readonly().optional(),
	/** A colour for each of `words`, as `#rrggbb`. */
	swatches: z
		.array(z.string().regex(/^#[0-9a-f]{6}$/i))
		.readonly()
		.optional(),
	/** Which of these words go with a word of another kind; with one that is not in it all of them do. */
	fits: z.object({ kind: z.string(), by: z.record(word, z.array(word).readonly()) }).optional(),
	/** What is said before such a word: `on`, of the colour that lies behind. */
	before: word.optional(),
	/** Kinds of the same place take each other's: a scene that of a pattern. Each has its own unless said. */
	place: z.string().max(60).optional(),
	/** Whether such a word is said without those of other kinds. */
	alone: z.boolean().optional(),
});

/** Words that a panel offers for a text. */
export const suggestions = z.object({
	/** In the order in which a text says them. */
	kinds: z.array(wordKind).max(20).readonly(),
	/** Whole texts. */
	examples: z.array(z.string().max(2000)).max(100).readonly(),
});
export type Suggestions = z.output<typeof suggestions>;
