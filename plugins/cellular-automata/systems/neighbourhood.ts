import type { Size } from "mutoscope/sdk";
import type { Edges } from "./automaton.ts";

/** How many of the eight neighbours must live: bit n stands for n of them. */
export interface Counts {
	/** For a cell to be born. */
	readonly birth: number;
	/** For a living cell to live on. */
	readonly survival: number;
}

/**
 * Counts the eight neighbours of 32 cells at once: cells are bits of words, and sums are made bit by bit with full adders,
 * the nine cells of each block as three rows of three.
 *
 * A row of bits has one cell of rim on either side, so cell x is bit x + 1.
 */
export class Neighbourhood {
	/** Words in a row. */
	readonly words: number;
	/** The living, rows 1 to height; rows 0 and height + 1 are rim. Written by the owner, without the rim. */
	readonly bits: Int32Array;
	/** What `row` made: a bit for each cell that is born or lives on. */
	readonly next: Int32Array;
	readonly #size: Size;
	readonly #ones: Int32Array;
	readonly #twos: Int32Array;
	/** All ones or all zeros, for being born and for living on with 0 to 8 neighbours. */
	readonly #masks = new Int32Array(18);

	constructor(size: Size) {
		this.#size = size;
		this.words = (size.width + 2 + 31) >> 5;
		this.bits = new Int32Array(this.words * (size.height + 2));
		this.next = new Int32Array(this.words);
		this.#ones = new Int32Array(this.bits.length);
		this.#twos = new Int32Array(this.bits.length);
	}

	/** Sets the rule. */
	follow({ birth, survival }: Counts): void {
		for (let n = 0; n <= 8; n++) {
			this.#masks[n] = -((birth >>> n) & 1);
			this.#masks[9 + n] = -((survival >>> n) & 1);
		}
	}

	/** Fills the rim and sums the rows. To be called once `bits` is written, before `row`. */
	prepare(edges: Edges): void {
		const { words, bits } = this;
		const { width, height } = this.#size;
		const [last, lastBit] = [(width + 1) >> 5, (width + 1) & 31];
		const [end, endBit] = [width >> 5, width & 31];
		for (let at = words; at <= words * height; at += words) {
			const left = edges === "wrap" ? ((bits[at + end] as number) >>> endBit) & 1 : 0;
			const right = edges === "wrap" ? ((bits[at] as number) >>> 1) & 1 : 0;
			bits[at] = ((bits[at] as number) & ~1) | left;
			bits[at + last] = ((bits[at + last] as number) & ~(1 << lastBit)) | (right << lastBit);
		}
		if (edges === "wrap") {
			bits.copyWithin(0, words * height, words * (height + 1));
			bits.copyWithin(words * (height + 1), words, words * 2);
		} else {
			bits.fill(0, 0, words);
			bits.fill(0, words * (height + 1));
		}
		this.#sumRows();
	}

	#sumRows(): void {
		const { words, bits } = this;
		const [ones, twos] = [this.#ones, this.#twos];
		for (let row = 0; row < bits.length; row += words) {
			let before = 0;
			let cells = bits[row] as number;
			for (let k = 0; k < words; k++) {
				const after = k + 1 < words ? (bits[row + k + 1] as number) : 0;
				const left = (cells << 1) | (before >>> 31);
				const right = (cells >>> 1) | (after << 31);
				const odd = left ^ right;
				ones[row + k] = odd ^ cells;
				twos[row + k] = (left & right) | (odd & cells);
				before = cells;
				cells = after;
			}
		}
	}

	/** Applies the rule to row y, 0 to height − 1, and writes `next`. */
	row(y: number): void {
		const { words, bits, next } = this;
		const ones = this.#ones;
		const twos = this.#twos;
		const masks = this.#masks;
		const b0 = masks[0] as number;
		const b1 = masks[1] as number;
		const b2 = masks[2] as number;
		const b3 = masks[3] as number;
		const b4 = masks[4] as number;
		const b5 = masks[5] as number;
		const b6 = masks[6] as number;
		const b7 = masks[7] as number;
		const b8 = masks[8] as number;
		const s0 = masks[9] as number;
		const s1 = masks[10] as number;
		const s2 = masks[11] as number;
		const s3 = masks[12] as number;
		const s4 = masks[13] as number;
		const s5 = masks[14] as number;
		const s6 = masks[15] as number;
		const s7 = masks[16] as number;
		const s8 = masks[17] as number;
		for (let k = 0, at = y * words; k < words; k++, at++) {
			const a0 = ones[at] as number;
			const c0 = ones[at + words] as number;
			const e0 = ones[at + 2 * words] as number;
			const a1 = twos[at] as number;
			const c1 = twos[at + words] as number;
			const e1 = twos[at + 2 * words] as number;
			const t0 = a0 ^ c0 ^ e0;
			const carry = (a0 & c0) | (e0 & (a0 ^ c0));
			const x = a1 ^ c1 ^ e1;
			const most = (a1 & c1) | (e1 & (a1 ^ c1));
			const t1 = x ^ carry;
			const both = x & carry;
			const t2 = most ^ both;
			const t3 = most & both;

			const p0 = ~(t0 | t1);
			const p1 = t0 & ~t1;
			const p2 = t1 & ~t0;
			const p3 = t0 & t1;
			const low = ~(t2 | t3);
			const born =
				(low & ((p0 & b0) | (p1 & b1) | (p2 & b2) | (p3 & b3))) |
				(t2 & ((p0 & b4) | (p1 & b5) | (p2 & b6) | (p3 & b7))) |
				(t3 & ~t0 & b8);
			const stays =
				(low & ((p1 & s0) | (p2 & s1) | (p3 & s2))) |
				(t2 & ((p0 & s3) | (p1 & s4) | (p2 & s5) | (p3 & s6))) |
				(t3 & ((~t0 & s7) | (t0 & s8)));
			const alive = bits[at + words] as number;
			next[k] = (alive & stays) | (~alive & born);
		}
	}
}
