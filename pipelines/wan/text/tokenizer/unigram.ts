/** How much worse than the rarest piece a character without a piece is, in nats (SentencePiece). */
const UNKNOWN_PENALTY = 10;

const utf8 = new TextEncoder();

/** What the model part of a tokenizer.json says. */
export interface UnigramOptions {
	/** Every piece with the logarithm of its probability; its place is its id. */
	readonly vocab: readonly (readonly [piece: string, score: number])[];
	/** Id for what no piece covers. */
	readonly unknown: number;
	/** Whether what no piece covers is written in pieces `<0x00>` to `<0xFF>`, one a byte. */
	readonly bytes: boolean;
}

/**
 * Cuts text into the pieces that are most probable together (Kudo 2018, arXiv 1804.10959), by Viterbi's search over
 * code points. Of two equally good cuts the one found first wins, as in the tokenizer the models were published with.
 */
export class Unigram {
	readonly #ids = new Map<string, number>();
	readonly #scores: Float64Array;
	readonly #unknown: number;
	readonly #unknownScore: number;
	readonly #bytes: readonly number[] | undefined;
	/** UTF-16 units of the longest piece. */
	readonly #longest: number;

	constructor({ vocab, unknown, bytes }: UnigramOptions) {
		this.#scores = new Float64Array(vocab.length);
		let lowest = Number.POSITIVE_INFINITY;
		let longest = 1;
		for (const [id, [piece, score]] of vocab.entries()) {
			this.#ids.set(piece, id);
			this.#scores[id] = score;
			lowest = Math.min(lowest, score);
			longest = Math.max(longest, piece.length);
		}
		this.#longest = longest;
		this.#unknown = unknown;
		this.#unknownScore = lowest - UNKNOWN_PENALTY;
		const ofByte = Array.from({ length: 256 }, (_, byte) => this.#ids.get(bytePiece(byte)));
		this.#bytes = bytes && ofByte.every((id) => id !== undefined) ? ofByte : undefined;
	}

	/** The ids of the pieces of a text. */
	encode(text: string): number[] {
		const ids: number[] = [];
		for (const piece of this.#cut(text)) {
			const id = this.#ids.get(piece);
			if (id !== undefined) ids.push(id);
			else if (this.#bytes) for (const byte of utf8.encode(piece)) ids.push(this.#bytes[byte] ?? this.#unknown);
			else ids.push(this.#unknown);
		}
		return ids;
	}

	/** The best cut, neighbouring unknown characters joined. */
	#cut(text: string): string[] {
		const best = new Float64Array(text.length + 1).fill(Number.NEGATIVE_INFINITY);
		const from = new Int32Array(text.length + 1);
		const ids = new Int32Array(text.length + 1);
		best[0] = 0;
		const offer = (start: number, end: number, id: number, score: number): void => {
			const sum = (best[start] ?? 0) + score;
			if (sum <= (best[end] ?? 0)) return;
			best[end] = sum;
			from[end] = start;
			ids[end] = id;
		};
		for (let start = 0; start < text.length; start++) {
			if (best[start] === Number.NEGATIVE_INFINITY) continue;
			const one = (text.codePointAt(start) ?? 0) > 0xffff ? 2 : 1;
			for (let length = one; length <= this.#longest && start + length <= text.length; length++) {
				const id = this.#ids.get(text.slice(start, start + length));
				if (id !== undefined) offer(start, start + length, id, this.#scores[id] ?? 0);
			}
			if (!this.#ids.has(text.slice(start, start + one))) {
				offer(start, start + one, this.#unknown, this.#unknownScore);
			}
		}
		return this.#backwards(text, from, ids);
	}

	#backwards(text: string, from: Int32Array, ids: Int32Array): string[] {
		const pieces: string[] = [];
		let end = text.length;
		while (end > 0) {
			let start = from[end] ?? 0;
			if (ids[end] === this.#unknown) while (start > 0 && ids[start] === this.#unknown) start = from[start] ?? 0;
			pieces.push(text.slice(start, end));
			end = start;
		}
		return pieces.reverse();
	}
}

function bytePiece(byte: number): string {
	return `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`;
}
