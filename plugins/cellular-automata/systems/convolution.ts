import type { Size } from "mutoscope/sdk";
import type { Edges } from "./automaton.ts";
import { Fft, fastLength } from "./fft.ts";

/** Weighs what is around each cell of a grid. */
export interface Convolution {
	/** Writes to `out` the sum of each cell's surroundings, weighed by the kernel. Both rows top to bottom. */
	apply(cells: Float32Array, out: Float32Array): void;
}

/** A kernel that is the same in all directions: `weights` of [2 radius + 1, 2 radius + 1], rows top to bottom. */
export interface Kernel {
	readonly radius: number;
	readonly weights: Float64Array;
}

/** The radius up to which going through all cells of a kernel is faster than the Fourier transform (measured on x86-64). */
const DIRECT = 3;

/** The faster of the two ways for this kernel. */
export function convolutionFor(size: Size, kernel: Kernel, edges: Edges): Convolution {
	const whole = fastLength(size.width) === size.width && fastLength(size.height) === size.height;
	const direct = kernel.radius <= DIRECT || (edges === "wrap" && !whole);
	return direct ? new DirectConvolution(size, kernel, edges) : new FourierConvolution(size, kernel, edges);
}

/** Goes through the kernel's cells, for each cell of the grid. */
export class DirectConvolution implements Convolution {
	readonly #size: Size;
	readonly #edges: Edges;
	readonly #radius: number;
	readonly #padded: Float64Array;
	readonly #offsets: Int32Array;
	readonly #weights: Float64Array;

	constructor(size: Size, { radius, weights }: Kernel, edges: Edges) {
		this.#size = size;
		this.#edges = edges;
		this.#radius = radius;
		const side = 2 * radius + 1;
		const stride = size.width + 2 * radius;
		this.#padded = new Float64Array(stride * (size.height + 2 * radius));
		const inside = [...weights.keys()].filter((i) => weights[i] !== 0);
		this.#weights = Float64Array.from(inside, (i) => weights[i] as number);
		this.#offsets = Int32Array.from(inside, (i) => (Math.floor(i / side) - radius) * stride + (i % side) - radius);
	}

	apply(cells: Float32Array, out: Float32Array): void {
		const { width, height } = this.#size;
		const [padded, offsets, weights, radius] = [this.#padded, this.#offsets, this.#weights, this.#radius];
		const stride = width + 2 * radius;
		const taps = offsets.length;
		this.#pad(cells);
		for (let y = 0, at = 0; y < height; y++) {
			for (let x = 0, i = (y + radius) * stride + radius; x < width; x++, i++, at++) {
				let sum = 0;
				for (let tap = 0; tap < taps; tap++) {
					sum += (weights[tap] as number) * (padded[i + (offsets[tap] as number)] as number);
				}
				out[at] = sum;
			}
		}
	}

	#pad(cells: Float32Array): void {
		const { width, height } = this.#size;
		const radius = this.#radius;
		const [fromX, fromY] = this.#edges === "wrap" ? [-radius, -radius] : [0, 0];
		for (let y = fromY; y < height - fromY; y++) {
			const row = (((y % height) + height) % height) * width;
			const to = (y + radius) * (width + 2 * radius) + radius;
			for (let x = fromX; x < width - fromX; x++) {
				this.#padded[to + x] = cells[row + (((x % width) + width) % width)] as number;
			}
		}
	}
}

/**
 * Multiplies spectra instead. Two rows go through one transform as real and imaginary part, and half of the columns is
 * enough, since the spectrum of real numbers mirrors itself. That of a kernel that is the same in all directions is real.
 *
 * Walls are as many empty cells as the kernel reaches. With `wrap` width and height must be products of 2, 3 and 5.
 */
export class FourierConvolution implements Convolution {
	readonly #size: Size;
	readonly #full: Size;
	readonly #rows: Fft;
	readonly #columns: Fft;
	/** Spectrum of the kernel, [width / 2 + 1, height], columns one after another, with the scale of going back. */
	readonly #kernel: Float64Array;
	/** Spectrum of the cells, as that of the kernel. */
	readonly #re: Float64Array;
	readonly #im: Float64Array;
	/** Two rows. */
	readonly #even: Float64Array;
	readonly #odd: Float64Array;

	constructor(size: Size, { radius, weights }: Kernel, edges: Edges) {
		this.#size = size;
		const wrap = edges === "wrap";
		const width = wrap ? size.width : fastLength(size.width + radius);
		const height = wrap ? size.height : fastLength(size.height + radius);
		this.#full = { width, height };
		this.#rows = new Fft(width);
		this.#columns = new Fft(height);
		const bins = (Math.floor(width / 2) + 1) * height;
		this.#re = new Float64Array(bins);
		this.#im = new Float64Array(bins);
		this.#even = new Float64Array(width);
		this.#odd = new Float64Array(width);
		const around = new Float32Array(width * height);
		const side = 2 * radius + 1;
		for (const [i, weight] of weights.entries()) {
			const y = (Math.floor(i / side) - radius + radius * height) % height;
			const x = ((i % side) - radius + radius * width) % width;
			around[y * width + x] = (around[y * width + x] as number) + weight;
		}
		this.#forward(around, this.#full);
		this.#kernel = this.#re.map((value) => value / (width * height));
	}

	apply(cells: Float32Array, out: Float32Array): void {
		const [re, im, kernel] = [this.#re, this.#im, this.#kernel];
		this.#forward(cells, this.#size);
		for (let i = 0; i < kernel.length; i++) {
			const weight = kernel[i] as number;
			re[i] = (re[i] as number) * weight;
			im[i] = (im[i] as number) * weight;
		}
		this.#backward(out);
	}

	#forward(cells: Float32Array, { width, height }: Size): void {
		const [re, im, even, odd] = [this.#re, this.#im, this.#even, this.#odd];
		const full = this.#full;
		for (let y = 0; y < full.height; y += 2) {
			const second = y + 1 < height ? 1 : 0;
			if (y < height) {
				for (let x = 0, at = y * width; x < width; x++, at++) {
					even[x] = cells[at] as number;
					odd[x] = second * (cells[at + second * width] as number);
				}
				even.fill(0, width);
				odd.fill(0, width);
				this.#rows.transform(even, odd, 0);
			} else {
				even.fill(0);
				odd.fill(0);
			}
			for (let k = 0; 2 * k <= full.width; k++) {
				const mirror = k === 0 ? 0 : full.width - k;
				const [ar, ai] = [even[k] as number, odd[k] as number];
				const [br, bi] = [even[mirror] as number, odd[mirror] as number];
				const at = k * full.height + y;
				re[at] = (ar + br) / 2;
				im[at] = (ai - bi) / 2;
				if (y + 1 === full.height) continue;
				re[at + 1] = (ai + bi) / 2;
				im[at + 1] = (br - ar) / 2;
			}
		}
		for (let at = 0; at < re.length; at += full.height) this.#columns.transform(re, im, at);
	}

	#backward(out: Float32Array): void {
		const [re, im, even, odd] = [this.#re, this.#im, this.#even, this.#odd];
		const [{ width, height }, full] = [this.#size, this.#full];
		for (let at = 0; at < re.length; at += full.height) this.#columns.transform(im, re, at);
		for (let y = 0; y < height; y += 2) {
			const both = y + 1 < full.height;
			for (let k = 0; 2 * k <= full.width; k++) {
				const mirror = k === 0 ? 0 : full.width - k;
				const at = k * full.height + y;
				const [ar, ai] = [re[at] as number, im[at] as number];
				const [br, bi] = both ? [re[at + 1] as number, im[at + 1] as number] : [0, 0];
				even[k] = ar - bi;
				odd[k] = ai + br;
				even[mirror] = ar + bi;
				odd[mirror] = br - ai;
			}
			this.#rows.transform(odd, even, 0);
			const second = y + 1 < height;
			for (let x = 0, at = y * width; x < width; x++, at++) {
				out[at] = even[x] as number;
				if (second) out[at + width] = odd[x] as number;
			}
		}
	}
}
