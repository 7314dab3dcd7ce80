import { type DType, type WrittenTensor, writeSafetensors } from "mutoscope/inference";

/** Shapes by name. */
type Shapes = Iterable<readonly [string, readonly number[]]>;

/** Elements of a pool: a prime, so that no row of a weight is like the one before. */
const POOL = 1_048_573;
/** 1 in bf16. */
const ONE = 0x3f80;

const pools = new Map<string, Uint16Array | Uint8Array>();

/**
 * Writes weights of these shapes, random, of the size that training leaves: matrices uniform with a variance of about one
 * over their inputs, scales 1, biases 0. Speed does not depend on the values, as long as nothing overflows.
 *
 * @param dtype of each; matrices may be `float8e4m3fn`, everything else is bf16.
 */
export async function writeRandom(
	file: string,
	shapes: Shapes,
	dtype: (name: string) => DType = () => "bfloat16",
): Promise<void> {
	const tensors: Record<string, WrittenTensor> = {};
	for (const [name, shape] of shapes) {
		const type = dtype(name);
		tensors[name] = { dtype: type, shape, data: async () => elements(name, shape, type) };
	}
	await writeSafetensors(file, tensors);
}

function elements(name: string, shape: readonly number[], dtype: DType): ArrayBufferView {
	const length = shape.reduce((product, size) => product * size, 1);
	if (dtype === "float8e4m3fn") return repeated(pool("8", eights), new Uint8Array(length));
	const isScale = name.endsWith(".gamma") || (shape.length === 1 && name.endsWith(".weight"));
	if (isScale) return new Uint16Array(length).fill(ONE);
	if (name.endsWith(".bias")) return new Uint16Array(length);
	const inputs = shape.slice(1).reduce((product, size) => product * size, 1);
	const power = Math.round(Math.log2(inputs) / 2);
	return repeated(
		pool(String(power), () => sixteens(2 ** -power)),
		new Uint16Array(length),
	);
}

function pool<A extends Uint16Array | Uint8Array>(name: string, make: () => A): A {
	const made = (pools.get(name) as A | undefined) ?? make();
	pools.set(name, made);
	return made;
}

function repeated<A extends Uint16Array | Uint8Array>(from: A, to: A): A {
	for (let at = 0; at < to.length; at += from.length) to.set(from.subarray(0, to.length - at), at);
	return to;
}

/** Uniform numbers of this deviation, as bf16: the upper halves of fp32. */
function sixteens(deviation: number): Uint16Array {
	const wide = Float32Array.from(uniform(), (u) => (2 * u - 1) * Math.sqrt(3) * deviation);
	return Uint16Array.from(new Uint32Array(wide.buffer), (bits) => bits >>> 16);
}

/** Signs and magnitudes below 2⁻⁵, evenly spread, as E4M3: a deviation of about 2⁻⁶, as matrices of 4,096 inputs have it. */
function eights(): Uint8Array {
	return Uint8Array.from(uniform(), (u) => {
		const bits = Math.floor(u * 32);
		return ((bits & 16) << 3) | (bits & 15);
	});
}

/** Numbers in [0, 1): a linear congruential generator (Numerical Recipes, §7.1). */
function* uniform(): Iterable<number> {
	let state = 1;
	for (let i = 0; i < POOL; i++) {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		yield state / 2 ** 32;
	}
}
