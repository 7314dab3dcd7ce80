import type { Rect, Size } from "../base/geometry.ts";

/** Blocks across and down the strip of a test card, its timing row and column included. */
export const CARD_COLUMNS = 20;
/** See `CARD_COLUMNS`. */
export const CARD_ROWS = 6;

/** The part of a test card that does not move, and where the strip goes. */
export interface CardFace {
	readonly pixels: Uint8Array;
	/** The blocks, without the dark border of one block around them. */
	readonly strip: Rect;
	/** Side of a block in pixels. */
	readonly cell: number;
}

const faces = new Map<string, CardFace>();

/** The face for a size, drawn once; the four newest sizes are kept. */
export function cardFace(size: Size): CardFace {
	const key = `${size.width}×${size.height}`;
	const known = faces.get(key);
	if (known) return known;
	const [oldest] = faces.keys();
	if (faces.size >= 4 && oldest !== undefined) faces.delete(oldest);
	const face = drawFace(size);
	faces.set(key, face);
	return face;
}

/** Fills the part of a rectangle that lies in the picture. Opaque. */
export function fillRect(data: Uint8Array, size: Size, rect: Rect, red: number, green: number, blue: number): void {
	const left = Math.max(0, Math.round(rect.x));
	const right = Math.min(size.width, Math.round(rect.x + rect.width));
	const top = Math.max(0, Math.round(rect.y));
	const bottom = Math.min(size.height, Math.round(rect.y + rect.height));
	if (left >= right || top >= bottom) return;
	const begin = 4 * (top * size.width + left);
	const bytes = 4 * (right - left);
	for (let i = begin; i < begin + bytes; i += 4) {
		data[i] = red;
		data[i + 1] = green;
		data[i + 2] = blue;
		data[i + 3] = 255;
	}
	for (let y = top + 1; y < bottom; y++) data.copyWithin(4 * (y * size.width + left), begin, begin + bytes);
}

/** Bars at 75 %, as SMPTE RP 219 orders them. */
const BARS = [
	[191, 191, 191],
	[191, 191, 0],
	[0, 191, 191],
	[0, 191, 0],
	[191, 0, 191],
	[191, 0, 0],
	[0, 0, 191],
] as const;

/** Everything is laid out in the centred square of this side. */
function squareOf({ width, height }: Size): Rect {
	const side = Math.min(width, height);
	return { x: (width - side) / 2, y: (height - side) / 2, width: side, height: side };
}

function drawFace(size: Size): CardFace {
	const pixels = new Uint8Array(size.width * size.height * 4);
	const { x, y, width: side } = squareOf(size);
	const put = (rect: Rect, [red, green, blue]: readonly [number, number, number]) =>
		fillRect(pixels, size, rect, red, green, blue);
	const centre = x + side / 2;

	for (let row = 0; row < size.height; row++) {
		const share = row / size.height;
		put({ x: 0, y: row, width: size.width, height: 1 }, [20 + 10 * share, 26 + 14 * share, 46 + 26 * share]);
	}
	const line = Math.max(1, side / 360);
	const pitch = side / 12;
	for (let n = -Math.ceil(size.width / pitch); n <= size.width / pitch; n++) {
		put({ x: centre + n * pitch - line / 2, y: 0, width: line, height: size.height }, [70, 84, 120]);
	}
	for (let n = -Math.ceil(size.height / pitch); n <= size.height / pitch; n++) {
		put({ x: 0, y: y + side / 2 + n * pitch - line / 2, width: size.width, height: line }, [70, 84, 120]);
	}
	for (const [i, colour] of BARS.entries()) {
		const width = (side * 10) / 12 / BARS.length;
		put({ x: x + side / 12 + i * width, y: y + side / 12, width: width + 1, height: (side * 2) / 12 }, colour);
	}
	for (let i = 0; i < 11; i++) {
		const grey = Math.round((255 * i) / 10);
		const width = (side * 10) / 12 / 11;
		const rect = { x: x + side / 12 + i * width, y: y + (side * 3) / 12, width: width + 1, height: side / 24 };
		put(rect, [grey, grey, grey]);
	}
	ring(pixels, size, { x: centre, y: y + side / 2 }, side * 0.46, Math.max(1.5, side / 160));
	castellate(put, size, side / 36);

	const cell = Math.floor((side * 0.94) / (CARD_COLUMNS + 2));
	const strip = {
		x: Math.round(centre - (CARD_COLUMNS * cell) / 2),
		y: Math.round(y + side * 0.955) - (CARD_ROWS + 1) * cell,
		width: CARD_COLUMNS * cell,
		height: CARD_ROWS * cell,
	};
	return { pixels, strip, cell };
}

/** A circle that shows whether pixels are square. */
function ring(data: Uint8Array, size: Size, centre: { x: number; y: number }, radius: number, thickness: number): void {
	for (let y = 0; y < size.height; y++) {
		for (let x = 0; x < size.width; x++) {
			const off = Math.abs(Math.hypot(x + 0.5 - centre.x, y + 0.5 - centre.y) - radius) - thickness / 2;
			const share = Math.min(1, Math.max(0, 0.5 - off));
			if (share === 0) continue;
			const i = 4 * (y * size.width + x);
			for (let c = 0; c < 3; c++) data[i + c] = Math.round((data[i + c] ?? 0) * (1 - share) + 235 * share);
		}
	}
}

/** Teeth along the border that show what a screen cuts off. */
function castellate(put: (rect: Rect, colour: readonly [number, number, number]) => void, size: Size, depth: number) {
	const across = 2 * Math.round(size.width / depth / 6) + 1;
	const down = 2 * Math.round(size.height / depth / 6) + 1;
	for (let i = 0; i < across; i++) {
		const tone = i % 2 === 0 ? 225 : 0;
		const rect = { x: (i * size.width) / across, width: size.width / across, height: depth / 2 };
		put({ ...rect, y: 0 }, [tone, tone, tone]);
		put({ ...rect, y: size.height - depth / 2 }, [tone, tone, tone]);
	}
	for (let i = 0; i < down; i++) {
		const tone = i % 2 === 0 ? 225 : 0;
		const rect = { y: (i * size.height) / down, width: depth / 2, height: size.height / down };
		put({ ...rect, x: 0 }, [tone, tone, tone]);
		put({ ...rect, x: size.width - depth / 2 }, [tone, tone, tone]);
	}
}

/** Draws what moves, apart from the strip: frame number, clock, a sweep (2 s) and a dot on the circle (1 s a turn). */
export function drawMarks(data: Uint8Array, size: Size, index: number, seconds: number): void {
	const { x, y, width: side } = squareOf(size);
	const sweep = { y: y + (side * 3.5) / 12, height: side / 24 };
	const span = (side * 10) / 12;
	const head = ((seconds / 2) % 1) * span;
	fillRect(data, size, { ...sweep, x: x + side / 12, width: span }, 0, 0, 0);
	for (let i = 0; i < 12; i++) {
		const at = (((head - ((i + 1) * span) / 48) % span) + span) % span;
		const glow = (12 - i) / 12;
		fillRect(data, size, { ...sweep, x: x + side / 12 + at, width: span / 48 }, 255 * glow, 176 * glow, 60 * glow);
	}
	const turn = (seconds % 1) * 2 * Math.PI;
	const ball = { x: x + side * (0.5 + 0.46 * Math.sin(turn)), y: y + side * (0.5 - 0.46 * Math.cos(turn)) };
	const radius = side / 48;
	for (let row = -radius; row < radius; row++) {
		const half = Math.sqrt(radius * radius - row * row);
		fillRect(data, size, { x: ball.x - half, y: ball.y + row, width: 2 * half, height: 1 }, 255, 176, 60);
	}
	const middle = x + side / 2;
	fillRect(data, size, { x: x + side / 12, y: y + side / 3, width: span, height: side * 0.26 }, 8, 10, 18);
	const digits = String(index).padStart(6, "0");
	const dot = Math.min(side / 60, (side * 0.8) / (6 * digits.length - 1));
	write(data, size, digits, { x: middle, y: y + side * 0.36 }, dot);
	write(data, size, clockText(seconds), { x: middle, y: y + side * 0.515 }, side / 120);
}

function clockText(seconds: number): string {
	const whole = Math.floor(seconds);
	const two = (value: number) => String(value).padStart(2, "0");
	const hours = two(Math.floor(whole / 3600) % 24);
	const thousandths = String(Math.floor((seconds - whole) * 1000)).padStart(3, "0");
	return `${hours}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}.${thousandths}`;
}

/** Glyphs of 5×7 dots, five bits a row. */
const GLYPHS: Readonly<Record<string, readonly number[]>> = {
	"0": [14, 17, 19, 21, 25, 17, 14],
	"1": [4, 12, 4, 4, 4, 4, 14],
	"2": [14, 17, 1, 2, 4, 8, 31],
	"3": [31, 2, 4, 2, 1, 17, 14],
	"4": [2, 6, 10, 18, 31, 2, 2],
	"5": [31, 16, 30, 1, 1, 17, 14],
	"6": [6, 8, 16, 30, 17, 17, 14],
	"7": [31, 1, 2, 4, 8, 8, 8],
	"8": [14, 17, 17, 14, 17, 17, 14],
	"9": [14, 17, 17, 15, 1, 2, 12],
	":": [0, 12, 12, 0, 12, 12, 0],
	".": [0, 0, 0, 0, 0, 12, 12],
};

/** Writes digits centred below a point; `dot` is the side of a dot in pixels, at least 1. */
function write(data: Uint8Array, size: Size, text: string, top: { x: number; y: number }, dot: number): void {
	const unit = Math.max(1, Math.round(dot));
	const width = (6 * text.length - 1) * unit;
	const left = Math.round(top.x - width / 2);
	for (const [i, letter] of [...text].entries()) {
		for (const [row, bits] of (GLYPHS[letter] ?? []).entries()) {
			for (let column = 0; column < 5; column++) {
				if (!(bits & (16 >> column))) continue;
				const x = left + (6 * i + column) * unit;
				fillRect(data, size, { x, y: Math.round(top.y) + row * unit, width: unit, height: unit }, 240, 244, 255);
			}
		}
	}
}
