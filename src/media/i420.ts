import type { Size } from "../base/geometry.ts";
import { openPlanes, type PlaneKernels } from "./simd/planes.ts";

/** Bytes of pixels that are worked on at a time, so that what was read is still near when it is needed. */
const BAND = 65_536;
const WASM_PAGE = 65_536;
/** Pixels that are converted at a time. */
const BLOCK = 16;

/** The memory of a picture in I420: one byte of light for each pixel, one of each colour for every four. */
export interface Planes {
	readonly y: Uint8Array;
	readonly u: Uint8Array;
	readonly v: Uint8Array;
	/** Bytes from one row to the next. */
	readonly stride: { readonly y: number; readonly uv: number };
}

/** Where the rows that are worked on lie in the kernel's memory. */
interface Band {
	readonly pixels: Uint8Array;
	readonly y: Uint8Array;
	readonly u: Uint8Array;
	readonly v: Uint8Array;
}

let shared: PlaneKernels | undefined;

/** The kernel of this thread: a call has its memory for itself, since none waits for anything. */
function kernels(): PlaneKernels {
	shared ??= openPlanes();
	return shared;
}

/**
 * RGBA to I420 of one size: BT.601, video range, without alpha, each colour the mean of four pixels. A last column or row
 * that has no neighbour counts twice.
 *
 * Reads the pixels once, from front to back, wherever they lie.
 */
export class ToI420 {
	readonly size: Size;
	readonly #target: Planes;
	/** Rows that are worked on at a time; even. */
	readonly #rows: number;
	/** Bytes from one row of pixels to the next. */
	readonly #step: number;
	#band: Band | undefined;

	/** Writes to `target`, whose rows must be whole blocks of sixteen pixels: throws `TypeError` if they are shorter. */
	constructor(size: Size, target: Planes) {
		const { width, height } = size;
		const { y, uv } = target.stride;
		const row = whole(width);
		if (y < row || uv < row / 2) throw new TypeError(`rows of ${y} and ${uv} bytes cannot take ${width} pixels`);
		this.size = size;
		this.#target = target;
		this.#step = (width + (width % 2)) * 4;
		this.#rows = 2 * Math.min(Math.ceil(height / 2), Math.ceil(BAND / 2 / this.#step));
	}

	/** Converts the pixels of a frame of this size. */
	convert(pixels: Uint8Array): void {
		const { height } = this.size;
		const { y, u, v, stride } = this.#target;
		const band = this.#place();
		for (let from = 0; from < height; from += this.#rows) {
			const rows = Math.min(this.#rows, height - from);
			this.#read(band, pixels, from, rows);
			this.#work(band, rows);
			copy(band.y, y, from, rows, stride.y);
			copy(band.u, u, from / 2, Math.ceil(rows / 2), stride.uv);
			copy(band.v, v, from / 2, Math.ceil(rows / 2), stride.uv);
		}
	}

	/** The band: the one there was, unless the memory has moved since. */
	#place(): Band {
		const { memory } = kernels();
		if (this.#band?.y.buffer === memory.buffer) return this.#band;
		const { y, uv } = this.#target.stride;
		const rows = this.#rows;
		const colour = (rows / 2) * uv;
		const light = whole(rows * this.#step + BLOCK * 4); // the last block reads beyond its row
		const blue = light + whole(rows * y);
		const red = blue + whole(colour);
		const missing = red + whole(colour) - memory.buffer.byteLength;
		if (missing > 0) memory.grow(Math.ceil(missing / WASM_PAGE));
		this.#band = {
			pixels: new Uint8Array(memory.buffer, 0, light),
			y: new Uint8Array(memory.buffer, light, rows * y),
			u: new Uint8Array(memory.buffer, blue, colour),
			v: new Uint8Array(memory.buffer, red, colour),
		};
		return this.#band;
	}

	#read({ pixels: band }: Band, pixels: Uint8Array, from: number, rows: number): void {
		const row = this.size.width * 4;
		if (this.#step === row) {
			band.set(pixels.subarray(from * row, (from + rows) * row));
			return;
		}
		for (let y = 0; y < rows; y++) {
			const at = y * this.#step;
			band.set(pixels.subarray((from + y) * row, (from + y + 1) * row), at);
			band.copyWithin(at + row, at + row - 4, at + row);
		}
	}

	#work(band: Band, rows: number): void {
		const { stride } = this.#target;
		const { planes } = kernels();
		const blocks = Math.ceil(this.size.width / BLOCK);
		let upper = band.pixels.byteOffset;
		let light = band.y.byteOffset;
		let blue = band.u.byteOffset;
		let red = band.v.byteOffset;
		for (let y = 0; y < rows; y += 2) {
			const lower = y + 1 < rows ? upper + this.#step : upper;
			planes(upper, lower, light, light + stride.y, blue, red, blocks);
			upper += 2 * this.#step;
			light += 2 * stride.y;
			blue += stride.uv;
			red += stride.uv;
		}
	}
}

function whole(bytes: number): number {
	return Math.ceil(bytes / BLOCK) * BLOCK;
}

function copy(band: Uint8Array, plane: Uint8Array, from: number, rows: number, stride: number): void {
	const length = rows * stride;
	plane.set(length === band.length ? band : band.subarray(0, length), from * stride);
}
