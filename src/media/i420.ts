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

/**
 * RGBA to I420 of one size: BT.601, video range, without alpha, each colour the mean of four pixels. A last column or row
 * that has no neighbour counts twice.
 *
 * Reads the pixels once, from front to back, wherever they lie.
 */
export class ToI420 {
	readonly size: Size;
	readonly #target: Planes;
	readonly #kernels: PlaneKernels = openPlanes();
	/** Rows that are worked on at a time; even. */
	readonly #rows: number;
	/** Bytes from one row of pixels to the next. */
	readonly #step: number;
	readonly #pixels: Uint8Array;
	readonly #y: Uint8Array;
	readonly #u: Uint8Array;
	readonly #v: Uint8Array;

	/** Writes to `target`, whose rows must be whole blocks of sixteen pixels: throws `TypeError` if they are shorter. */
	constructor(size: Size, target: Planes) {
		const { width, height } = size;
		const { y, uv } = target.stride;
		const row = Math.ceil(width / BLOCK) * BLOCK;
		if (y < row || uv < row / 2) throw new TypeError(`rows of ${y} and ${uv} bytes cannot take ${width} pixels`);
		this.size = size;
		this.#target = target;
		this.#step = (width + (width % 2)) * 4;
		this.#rows = 2 * Math.min(Math.ceil(height / 2), Math.ceil(BAND / 2 / this.#step));
		// The last block reads beyond its row.
		const bytes = [this.#rows * this.#step + BLOCK * 4, this.#rows * y, (this.#rows / 2) * uv, (this.#rows / 2) * uv];
		const { memory } = this.#kernels;
		memory.grow(Math.ceil(bytes.reduce((sum, one) => sum + one + BLOCK, 0) / WASM_PAGE));
		let at = 0;
		const place = (length = 0) => {
			const place = new Uint8Array(memory.buffer, at, length);
			at += Math.ceil(length / BLOCK) * BLOCK;
			return place;
		};
		this.#pixels = place(bytes[0]);
		this.#y = place(bytes[1]);
		this.#u = place(bytes[2]);
		this.#v = place(bytes[3]);
	}

	/** Converts the pixels of a frame of this size. */
	convert(pixels: Uint8Array): void {
		const { height } = this.size;
		const { y, u, v, stride } = this.#target;
		for (let from = 0; from < height; from += this.#rows) {
			const rows = Math.min(this.#rows, height - from);
			this.#read(pixels, from, rows);
			this.#work(rows);
			copy(this.#y, y, from, rows, stride.y);
			copy(this.#u, u, from / 2, Math.ceil(rows / 2), stride.uv);
			copy(this.#v, v, from / 2, Math.ceil(rows / 2), stride.uv);
		}
	}

	#read(pixels: Uint8Array, from: number, rows: number): void {
		const row = this.size.width * 4;
		if (this.#step === row) {
			this.#pixels.set(pixels.subarray(from * row, (from + rows) * row));
			return;
		}
		for (let y = 0; y < rows; y++) {
			const at = y * this.#step;
			this.#pixels.set(pixels.subarray((from + y) * row, (from + y + 1) * row), at);
			this.#pixels.copyWithin(at + row, at + row - 4, at + row);
		}
	}

	#work(rows: number): void {
		const { stride } = this.#target;
		const blocks = Math.ceil(this.size.width / BLOCK);
		let upper = this.#pixels.byteOffset;
		let light = this.#y.byteOffset;
		let blue = this.#u.byteOffset;
		let red = this.#v.byteOffset;
		for (let y = 0; y < rows; y += 2) {
			const lower = y + 1 < rows ? upper + this.#step : upper;
			this.#kernels.planes(upper, lower, light, light + stride.y, blue, red, blocks);
			upper += 2 * this.#step;
			light += 2 * stride.y;
			blue += stride.uv;
			red += stride.uv;
		}
	}
}

function copy(band: Uint8Array, plane: Uint8Array, from: number, rows: number, stride: number): void {
	const length = rows * stride;
	plane.set(length === band.length ? band : band.subarray(0, length), from * stride);
}
