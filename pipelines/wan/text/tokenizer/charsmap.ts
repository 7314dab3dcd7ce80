const utf8 = new TextEncoder();

/**
 * The character map of a SentencePiece model: which strings are written otherwise before text is cut into pieces.
 *
 * Bytes: u32 length of the trie, the trie as a double array of u32 units (Yata, darts-clone), then the replacements, each
 * ended by a zero byte. A match replaces its whole grapheme even if it covers only its beginning: that is what the
 * tokenizer did with which the models were trained and published, so it is kept.
 */
export class Charsmap {
	readonly #units: Uint32Array;
	readonly #replacements: Uint8Array;
	readonly #graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

	/** Throws `RangeError` when the bytes end early. */
	constructor(bytes: Uint8Array) {
		const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true);
		if (4 + length > bytes.length) throw new RangeError("the character map ends early");
		// Copies: the trie is read in units of four bytes, and a Buffer lies anywhere.
		this.#units = new Uint32Array(Uint8Array.from(bytes.subarray(4, 4 + (length & ~3))).buffer);
		this.#replacements = Uint8Array.from(bytes.subarray(4 + length));
	}

	/** The text with everything the map names replaced. */
	apply(text: string): string {
		let result = "";
		for (const { segment } of this.#graphemes.segment(text)) {
			const whole = utf8.encode(segment).length < 6 ? this.#find(segment) : undefined;
			if (whole !== undefined) result += whole;
			else for (const character of segment) result += this.#find(character) ?? character;
		}
		return result;
	}

	/** The replacement of the shortest beginning of `text` that the map holds. */
	#find(text: string): string | undefined {
		let at = offset(this.#units[0] ?? 0);
		for (const byte of utf8.encode(text)) {
			at ^= byte;
			const unit = this.#units[at] ?? 0;
			if (byte === 0 || (unit & 0x8000_00ff) !== byte) return undefined;
			at ^= offset(unit);
			if ((unit & 0x100) !== 0) return this.#read((this.#units[at] ?? 0) & 0x7fff_ffff);
		}
		return undefined;
	}

	#read(from: number): string {
		const end = this.#replacements.indexOf(0, from);
		return new TextDecoder().decode(this.#replacements.subarray(from, end < 0 ? undefined : end));
	}
}

function offset(unit: number): number {
	return (unit >>> 10) << ((unit & 0x200) >>> 6);
}
