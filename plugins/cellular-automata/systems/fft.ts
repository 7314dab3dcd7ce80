/** The smallest length from `length` on that is a product of twos, threes and fives: `Fft` takes no other. */
export function fastLength(length: number): number {
	for (let n = Math.max(1, length); ; n++) {
		let rest = n;
		for (const prime of [2, 3, 5]) while (rest % prime === 0) rest /= prime;
		if (rest === 1) return n;
	}
}

/** How many pieces each stage cuts the signal into, the last one first. */
function radices(length: number): number[] {
	const found: number[] = [];
	let rest = length;
	for (const radix of [5, 4, 3, 2]) {
		for (; rest % radix === 0; rest /= radix) found.push(radix);
	}
	if (rest !== 1) throw new TypeError(`${length} is not a product of 2, 3 and 5`);
	return found;
}

/**
 * The discrete Fourier transform of one length, Xₖ = Σ xₙ e^(−2πi nk/N), of numbers whose real and imaginary parts are in
 * two arrays. To go back, swap the two arrays and divide by the length.
 *
 * Self-sorting, after T. G. Stockham 1966, with butterflies of 2, 3, 4 and 5.
 */
export class Fft {
	readonly length: number;
	readonly #radices: number[];
	readonly #cos: Float64Array;
	readonly #sin: Float64Array;
	readonly #re: Float64Array;
	readonly #im: Float64Array;

	/** Throws `TypeError` unless `length` is a product of 2, 3 and 5. */
	constructor(length: number) {
		this.length = length;
		this.#radices = radices(length);
		this.#cos = Float64Array.from({ length }, (_, i) => Math.cos((2 * Math.PI * i) / length));
		this.#sin = Float64Array.from({ length }, (_, i) => -Math.sin((2 * Math.PI * i) / length));
		this.#re = new Float64Array(length);
		this.#im = new Float64Array(length);
	}

	/** Transforms the `length` numbers from `at` on in place. */
	transform(re: Float64Array, im: Float64Array, at: number): void {
		const { length } = this;
		let from = { re: re.subarray(at, at + length), im: im.subarray(at, at + length) };
		let to = { re: this.#re, im: this.#im };
		const home = from;
		let size = length;
		let stride = 1;
		for (const radix of this.#radices) {
			const stage = { size, stride, cos: this.#cos, sin: this.#sin };
			if (radix === 4) butterfly4(from, to, stage);
			else if (radix === 2) butterfly2(from, to, stage);
			else if (radix === 3) butterfly3(from, to, stage);
			else butterfly5(from, to, stage);
			[from, to] = [to, from];
			size /= radix;
			stride *= radix;
		}
		if (from !== home) {
			home.re.set(from.re);
			home.im.set(from.im);
		}
	}
}

interface Parts {
	readonly re: Float64Array;
	readonly im: Float64Array;
}

interface Stage {
	/** Length of the transforms of this stage, and how many there are, interleaved. */
	readonly size: number;
	readonly stride: number;
	readonly cos: Float64Array;
	readonly sin: Float64Array;
}

function butterfly2({ re, im }: Parts, out: Parts, { size, stride, cos, sin }: Stage): void {
	const half = (size / 2) * stride;
	for (let p = 0; p < size / 2; p++) {
		const c = cos[p * stride] as number;
		const s = sin[p * stride] as number;
		for (let q = 0, i = p * stride, o = 2 * p * stride; q < stride; q++, i++, o++) {
			const ar = re[i] as number;
			const ai = im[i] as number;
			const br = re[i + half] as number;
			const bi = im[i + half] as number;
			out.re[o] = ar + br;
			out.im[o] = ai + bi;
			const dr = ar - br;
			const di = ai - bi;
			out.re[o + stride] = dr * c - di * s;
			out.im[o + stride] = dr * s + di * c;
		}
	}
}

function butterfly3({ re, im }: Parts, out: Parts, { size, stride, cos, sin }: Stage): void {
	const third = (size / 3) * stride;
	const h = Math.sqrt(3) / 2;
	for (let p = 0; p < size / 3; p++) {
		const [c1, s1] = [cos[p * stride] as number, sin[p * stride] as number];
		const [c2, s2] = [cos[2 * p * stride] as number, sin[2 * p * stride] as number];
		for (let q = 0, i = p * stride, o = 3 * p * stride; q < stride; q++, i++, o++) {
			const ar = re[i] as number;
			const ai = im[i] as number;
			const br = re[i + third] as number;
			const bi = im[i + third] as number;
			const cr = re[i + 2 * third] as number;
			const ci = im[i + 2 * third] as number;
			const sr = br + cr;
			const si = bi + ci;
			const mr = ar - sr / 2;
			const mi = ai - si / 2;
			const jr = h * (bi - ci);
			const ji = -h * (br - cr);
			out.re[o] = ar + sr;
			out.im[o] = ai + si;
			out.re[o + stride] = (mr + jr) * c1 - (mi + ji) * s1;
			out.im[o + stride] = (mr + jr) * s1 + (mi + ji) * c1;
			out.re[o + 2 * stride] = (mr - jr) * c2 - (mi - ji) * s2;
			out.im[o + 2 * stride] = (mr - jr) * s2 + (mi - ji) * c2;
		}
	}
}

function butterfly4({ re, im }: Parts, out: Parts, { size, stride, cos, sin }: Stage): void {
	const quarter = (size / 4) * stride;
	const [outRe, outIm] = [out.re, out.im];
	for (let p = 0; p < size / 4; p++) {
		const [c1, s1] = [cos[p * stride] as number, sin[p * stride] as number];
		const [c2, s2] = [cos[2 * p * stride] as number, sin[2 * p * stride] as number];
		const [c3, s3] = [cos[3 * p * stride] as number, sin[3 * p * stride] as number];
		for (let q = 0, i = p * stride, o = 4 * p * stride; q < stride; q++, i++, o++) {
			const ar = re[i] as number;
			const ai = im[i] as number;
			const br = re[i + quarter] as number;
			const bi = im[i + quarter] as number;
			const cr = re[i + 2 * quarter] as number;
			const ci = im[i + 2 * quarter] as number;
			const dr = re[i + 3 * quarter] as number;
			const di = im[i + 3 * quarter] as number;
			const pr = ar + cr;
			const pi = ai + ci;
			const mr = ar - cr;
			const mi = ai - ci;
			const tr = br + dr;
			const ti = bi + di;
			const jr = bi - di;
			const ji = dr - br;
			outRe[o] = pr + tr;
			outIm[o] = pi + ti;
			outRe[o + stride] = (mr + jr) * c1 - (mi + ji) * s1;
			outIm[o + stride] = (mr + jr) * s1 + (mi + ji) * c1;
			outRe[o + 2 * stride] = (pr - tr) * c2 - (pi - ti) * s2;
			outIm[o + 2 * stride] = (pr - tr) * s2 + (pi - ti) * c2;
			outRe[o + 3 * stride] = (mr - jr) * c3 - (mi - ji) * s3;
			outIm[o + 3 * stride] = (mr - jr) * s3 + (mi - ji) * c3;
		}
	}
}

const [C1, C2] = [Math.cos((2 * Math.PI) / 5), Math.cos((4 * Math.PI) / 5)];
const [S1, S2] = [Math.sin((2 * Math.PI) / 5), Math.sin((4 * Math.PI) / 5)];

function butterfly5({ re, im }: Parts, out: Parts, { size, stride, cos, sin }: Stage): void {
	const fifth = (size / 5) * stride;
	const put = (o: number, k: number, p: number, r: number, i: number) => {
		const c = cos[k * p * stride] as number;
		const s = sin[k * p * stride] as number;
		out.re[o + k * stride] = r * c - i * s;
		out.im[o + k * stride] = r * s + i * c;
	};
	for (let p = 0; p < size / 5; p++) {
		for (let q = 0, i = p * stride, o = 5 * p * stride; q < stride; q++, i++, o++) {
			const ar = re[i] as number;
			const ai = im[i] as number;
			const br = re[i + fifth] as number;
			const bi = im[i + fifth] as number;
			const cr = re[i + 2 * fifth] as number;
			const ci = im[i + 2 * fifth] as number;
			const dr = re[i + 3 * fifth] as number;
			const di = im[i + 3 * fifth] as number;
			const er = re[i + 4 * fifth] as number;
			const ei = im[i + 4 * fifth] as number;
			const pr = br + er;
			const pi = bi + ei;
			const mr = br - er;
			const mi = bi - ei;
			const sr = cr + dr;
			const si = ci + di;
			const nr = cr - dr;
			const ni = ci - di;
			const xr = ar + C1 * pr + C2 * sr;
			const xi = ai + C1 * pi + C2 * si;
			const yr = ar + C2 * pr + C1 * sr;
			const yi = ai + C2 * pi + C1 * si;
			const vr = S1 * mi + S2 * ni;
			const vi = -(S1 * mr + S2 * nr);
			const wr = S2 * mi - S1 * ni;
			const wi = -(S2 * mr - S1 * nr);
			out.re[o] = ar + pr + sr;
			out.im[o] = ai + pi + si;
			put(o, 1, p, xr + vr, xi + vi);
			put(o, 2, p, yr + wr, yi + wi);
			put(o, 3, p, yr - wr, yi - wi);
			put(o, 4, p, xr - vr, xi - vi);
		}
	}
}
