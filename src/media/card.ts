import type { Size } from "../base/geometry.ts";
import { CARD_COLUMNS, CARD_ROWS, cardFace, drawMarks, fillRect } from "./card-face.ts";
import type { Frame } from "./frame.ts";

/** Clock steps in a second: 1/16 ms. */
const STEPS = 16_000;

/**
 * Draws the test card: colour bars, grey ramp, circle, a moving sweep, and `index` (0 … 2³² − 1) and `seconds` (any
 * monotonic or Unix time, kept to 1/16 ms) both as digits and as a strip of blocks for `readCard`. At least 128 px each way.
 *
 * The strip lies in the centred square, so it survives `contain`, `cover` into a square, and `stretch`.
 * `docs/reference/card.md` describes it.
 */
export function drawCard(frame: Frame, index: number, seconds: number): void {
	const { data, size } = frame;
	const { pixels, strip, cell } = cardFace(size);
	data.set(pixels);
	drawMarks(data, size, index, seconds);
	const border = {
		x: strip.x - cell,
		y: strip.y - cell,
		width: strip.width + 2 * cell,
		height: strip.height + 2 * cell,
	};
	fillRect(data, size, border, 0, 0, 0);
	const bits = [...bitsOf(index, 32), ...bitsOf(Math.round(seconds * STEPS), 47)];
	bits.push(...bitsOf(crcOf(bits), 16));
	for (let row = 0; row < CARD_ROWS; row++) {
		for (let column = 0; column < CARD_COLUMNS; column++) {
			const timing = row === 0 || column === 0;
			const lit = timing ? (row + column) % 2 === 0 : bits[(row - 1) * (CARD_COLUMNS - 1) + column - 1] === 1;
			const rect = { x: strip.x + column * cell, y: strip.y + row * cell, width: cell, height: cell };
			if (lit) fillRect(data, size, rect, 255, 255, 255);
		}
	}
}

function bitsOf(value: number, count: number): number[] {
	return Array.from({ length: count }, (_, i) => Math.floor(value / 2 ** (count - 1 - i)) % 2);
}

/** CRC-16/CCITT (polynomial 0x1021, start 0xffff) of bits. */
function crcOf(bits: readonly number[]): number {
	return bits.reduce((crc, bit) => ((crc << 1) ^ ((crc >> 15) ^ bit ? 0x1021 : 0)) & 0xffff, 0xffff);
}

/** What a test card says. */
export interface CardReading {
	readonly index: number;
	/** The time it was drawn with, to 1/16 ms. */
	readonly seconds: number;
}

/**
 * Reads a test card out of RGBA pixels, wherever it lies and however it was scaled, as long as a block is still about 3 px wide;
 * `undefined` if there is none or its checksum is wrong.
 *
 * Stands on its own, so that a test can hand its source text to a browser page.
 */
export function readCard(data: Uint8Array | Uint8ClampedArray, size: Size): CardReading | undefined {
	const columns = 20;
	const rows = 6;
	const { width, height } = size;
	const at = (x: number, y: number) => {
		const i = 4 * (y * width + x);
		return 77 * (data[i] ?? 0) + 150 * (data[i + 1] ?? 0) + 29 * (data[i + 2] ?? 0);
	};

	/** Positions between pixels where a line of `length` lumas crosses `middle`. */
	const edgesOf = (luma: (i: number) => number, from: number, length: number, middle: number): number[] => {
		const edges: number[] = [];
		let before = luma(from);
		for (let i = from + 1; i < length; i++) {
			const here = luma(i);
			if (here > middle !== before > middle) edges.push(i - 0.5 + (middle - before) / (here - before));
			before = here;
		}
		return edges;
	};

	/** Where `count` steps of equal length begin at `edges[first]`, and how long a step is. */
	const evenly = (edges: readonly number[], first: number, count: number) => {
		const begin = edges[first] ?? 0;
		const step = ((edges[first + count] ?? Number.NaN) - begin) / count;
		for (let i = 1; i <= count; i++) {
			const run = (edges[first + i] ?? 0) - (edges[first + i - 1] ?? 0);
			if (!(Math.abs(run - step) < 0.35 * step + 0.5)) return undefined;
		}
		return step >= 2 ? { begin, step } : undefined;
	};

	const decode = (left: number, across: number, top: number, down: number, middle: number) => {
		let crc = 0xffff;
		const numbers = [0, 0, 0];
		for (let bit = 0; bit < 95; bit++) {
			const x = left + (1 + (bit % (columns - 1)) + 0.5) * across;
			const y = top + (1 + Math.floor(bit / (columns - 1)) + 0.5) * down;
			let sum = 0;
			for (const dy of [-0.2, 0, 0.2]) {
				for (const dx of [-0.2, 0, 0.2]) sum += at(Math.floor(x + dx * across), Math.floor(y + dy * down));
			}
			const lit = sum > 9 * middle ? 1 : 0;
			const part = bit < 32 ? 0 : bit < 79 ? 1 : 2;
			numbers[part] = 2 * (numbers[part] ?? 0) + lit;
			if (part < 2) crc = ((crc << 1) ^ ((crc >> 15) ^ lit ? 0x1021 : 0)) & 0xffff;
		}
		const [index = 0, steps = 0, check] = numbers;
		return check === crc ? { index, seconds: steps / 16_000 } : undefined;
	};

	const stride = Math.max(2, Math.min(width, height) >> 7);
	for (let y = height - 1; y > 0; y -= stride) {
		let low = 65_535;
		let high = 0;
		for (let x = 0; x < width; x++) {
			const luma = at(x, y);
			if (luma < low) low = luma;
			if (luma > high) high = luma;
		}
		if (high - low < 16_384) continue;
		const middle = (low + high) / 2;
		const edges = edgesOf((x) => at(x, y), 0, width, middle);
		for (let i = 0; i + columns - 1 < edges.length; i++) {
			const across = evenly(edges, i, columns - 1);
			if (!across) continue;
			const left = across.begin + 0.5;
			const column = Math.floor(left + across.step / 2);
			if (at(column, y) <= middle) continue;
			let above = y;
			while (above > 0 && at(column, above) > middle) above--;
			const down = evenly(
				edgesOf((row) => at(column, row), above, height, middle),
				0,
				rows - 1,
			);
			const reading = down && decode(left, across.step, down.begin + 0.5, down.step, middle);
			if (reading) return reading;
		}
	}
	return undefined;
}
