import { Weights } from "./weights.ts";
import { type WrittenTensor, writeSafetensors } from "./write-safetensors.ts";

/**
 * How weights are made smaller: `columns` is 8 bits with a scale for each output, for `linearInt8`; `blocks` is `bits` bits with a
 * scale for each run of `block` inputs, for `linearNBits`.
 */
export type Quantisation =
	| {
			readonly form: "columns";
			/** Largest code; 63 for CPUs without VNNI, whose sums overflow above. Default 127. */
			readonly most?: number;
	  }
	| { readonly form: "blocks"; readonly bits: 4 | 8; readonly block: 16 | 32 | 64 | 128 | 256 };

/**
 * Writes linear weights [out, in] with fewer bits into a safetensors file, one after another so that only one is in memory,
 * and opens it: the codes of `x.weight` are `x.weight.int8` or, in blocks, `x.weight.blocks`, the scales `x.weight.scale`. Throws `weight/missing`, and `TypeError`
 * for what has not two axes.
 */
export async function quantise(
	weights: Weights,
	names: readonly string[],
	file: string,
	how: Quantisation,
): Promise<Weights> {
	const tensors: Record<string, WrittenTensor> = {};
	let latest: { readonly name: string; readonly codes: Promise<Codes> } | undefined;
	for (const name of names) {
		const [out, inner, more] = weights.get(name).shape;
		if (out === undefined || inner === undefined || more !== undefined) throw new TypeError(`${name} is no matrix`);
		const codes = (): Promise<Codes> => {
			if (latest?.name !== name)
				latest = { name, codes: weights.read(name).then((all) => codesOf(all, out, inner, how)) };
			return latest.codes;
		};
		const blocks = how.form === "blocks" ? Math.ceil(inner / how.block) : 0;
		tensors[`${name}.${how.form === "columns" ? "int8" : "blocks"}`] = {
			...(how.form === "columns"
				? { dtype: "int8", shape: [inner, out] }
				: { dtype: "uint8", shape: [out, blocks, (how.block * how.bits) / 8] }),
			data: async () => (await codes()).codes,
		};
		tensors[`${name}.scale`] = {
			dtype: "float32",
			shape: how.form === "columns" ? [out] : [out, blocks],
			data: async () => (await codes()).scale,
		};
	}
	await writeSafetensors(file, tensors);
	return Weights.open(file);
}

/** Codes and scales of a matrix. */
interface Codes {
	readonly codes: Int8Array | Uint8Array;
	readonly scale: Float32Array;
}

function codesOf(values: Float32Array, out: number, inner: number, how: Quantisation): Codes {
	return how.form === "columns"
		? quantiseColumns(values, out, inner, how.most)
		: quantiseBlocks(values, out, inner, how);
}

/** Rounds each row of [out, in] to whole multiples of its scale, −most … most. The codes are turned: [in, out]. */
function quantiseColumns(values: Float32Array, out: number, inner: number, most = 127): Codes {
	const codes = new Int8Array(out * inner);
	const scale = new Float32Array(out);
	for (let row = 0; row < out; row++) {
		const step = largest(values, row * inner, (row + 1) * inner) / most;
		scale[row] = Math.abs(step);
		if (step === 0) continue;
		for (let column = 0; column < inner; column++) {
			codes[column * out + row] = Math.round((values[row * inner + column] as number) / Math.abs(step));
		}
	}
	return { codes, scale };
}

/**
 * Rounds each block of a row to whole multiples of its scale. The value farthest from 0 becomes the lowest code, of which there
 * is one more than on the other side; codes are stored with half of their range added, the first of two in the lower bits.
 */
function quantiseBlocks(
	values: Float32Array,
	out: number,
	inner: number,
	{ bits, block }: { readonly bits: 4 | 8; readonly block: number },
): Codes {
	const blocks = Math.ceil(inner / block);
	const bytes = (block * bits) / 8;
	const half = 2 ** (bits - 1);
	const codes = new Uint8Array(out * blocks * bytes).fill(bits === 4 ? 0x88 : 0x80);
	const scale = new Float32Array(out * blocks);
	for (let at = 0; at < out * blocks; at++) {
		const [row, first] = [Math.floor(at / blocks), (at % blocks) * block];
		const from = row * inner + first;
		const to = row * inner + Math.min(first + block, inner);
		const step = -largest(values, from, to) / half;
		scale[at] = step;
		if (step === 0) continue;
		for (let i = from; i < to; i++) {
			const code = Math.min(Math.max(Math.round((values[i] as number) / step) + half, 0), 2 * half - 1);
			const place = i - from;
			if (bits === 8) codes[at * bytes + place] = code;
			else {
				const byte = at * bytes + (place >> 1);
				const rest = codes[byte] as number;
				codes[byte] = place % 2 === 0 ? (rest & 0xf0) | code : (rest & 0x0f) | (code << 4);
			}
		}
	}
	return { codes, scale };
}

/** The value farthest from 0, with its sign. */
function largest(values: Float32Array, from: number, to: number): number {
	let most = 0;
	for (let i = from; i < to; i++) if (Math.abs(values[i] as number) > Math.abs(most)) most = values[i] as number;
	return most;
}
