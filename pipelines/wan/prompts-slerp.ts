import { type BlendOptions, type Embedding, extent, lerp } from "./prompts-embedding.ts";

/** Keeps divisions by a length or a sine of zero finite. */
const EPSILON = 1e-8;
/** The angle, in radians, below which two tokens are the same. */
const PARALLEL = 1e-4;
/** Values that are added up side by side. */
const LANES = 8;

/**
 * The way from one embedding to another along the sphere, row by row: for the angle ω between rows a and b,
 * `sin((1 − t) ω) / sin ω · a + sin(t ω) / sin ω · b` (Shoemake 1985, "Animating rotation with quaternion curves"). The
 * rows keep their lengths. Where one row is zero the angle is 90°.
 *
 * The angle is found in fp32, in the order of PyTorch on a processor with AVX2: whether a row against itself has the
 * angle 0, and so comes out as zero in Scope, hangs on the last bit of that sum.
 */
export function slerp(a: Embedding, b: Embedding, t: number, { asScope = false }: BlendOptions = {}): Embedding {
	const { width } = a;
	const end = extent([a, b]);
	const angles = Array.from({ length: end / width }, (_, row) => {
		const part = ({ data }: Embedding) => data.subarray(row * width, (row + 1) * width);
		return angle(part(a), part(b));
	});
	// Rows of zeros, which are not looked at, stand at 90° to each other.
	if (end === a.data.length && Math.max(...angles) < PARALLEL) return lerp(a, b, t);
	const data = new Float32Array(a.data.length);
	for (const [row, omega] of angles.entries()) {
		const same = !asScope && omega < PARALLEL;
		const sine = Math.sin(omega) + EPSILON;
		const from = same ? 1 - t : Math.sin((1 - t) * omega) / sine;
		const to = same ? t : Math.sin(t * omega) / sine;
		for (let i = row * width; i < (row + 1) * width; i++) {
			data[i] = from * (a.data[i] as number) + to * (b.data[i] as number);
		}
	}
	return { data, width };
}

/** The angle between two rows, 0…π. */
function angle(a: Float32Array, b: Float32Array): number {
	const [lengthA, lengthB] = [length(a), length(b)];
	const lanes = new Float32Array(LANES);
	for (let i = 0; i < a.length; i++) {
		const unitA = Math.fround((a[i] as number) / lengthA);
		const unitB = Math.fround((b[i] as number) / lengthB);
		lanes[i % LANES] = (lanes[i % LANES] as number) + Math.fround(unitA * unitB);
	}
	return Math.fround(Math.acos(Math.max(-1, Math.min(1, inOrder(lanes)))));
}

function length(row: Float32Array): number {
	const lanes = new Float32Array(LANES);
	for (let i = 0; i < row.length; i++) lanes[i % LANES] = (lanes[i % LANES] as number) + (row[i] as number) ** 2;
	return Math.fround(Math.fround(Math.sqrt(inOrder(lanes))) + EPSILON);
}

function inOrder(lanes: Float32Array): number {
	return lanes.reduce((sum, lane) => Math.fround(sum + lane));
}
