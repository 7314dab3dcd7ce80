/** An encoded prompt: a row for each token, rows beyond the text are zero. fp32, row-major. */
export interface Embedding {
	/** The values, [rows, width]. */
	readonly data: Float32Array;
	/** Values of a row: 4096 for UMT5-XXL. */
	readonly width: number;
}

/** How embeddings are mixed: as sums, or along the sphere, token by token. */
export type BlendMethod = "linear" | "slerp";

/** How a blend treats what Scope gets wrong. */
export interface BlendOptions {
	/**
	 * `true`: as Scope. Only two prompts are blended by slerp, more of them linearly; and a token that is the same in
	 * both comes out as zero. `false`: any number, one after another, and such a token stays.
	 */
	readonly asScope?: boolean;
}

/** How many values there are before nothing but zeros is left in any of the embeddings; whole rows. */
export function extent(embeddings: readonly Embedding[]): number {
	return Math.max(
		...embeddings.map(({ data, width }) => {
			let end = data.length;
			while (end > 0 && data[end - 1] === 0) end--;
			return Math.ceil(end / width) * width;
		}),
	);
}

/** `(1 − t) a + t b`, with no care for lengths. */
export function lerp(a: Embedding, b: Embedding, t: number): Embedding {
	const data = new Float32Array(a.data.length);
	const end = extent([a, b]);
	for (let i = 0; i < end; i++) data[i] = (1 - t) * (a.data[i] as number) + t * (b.data[i] as number);
	return { data, width: a.width };
}

/** How far apart two embeddings are: the Frobenius norm of their difference. */
export function distance(a: Embedding, b: Embedding): number {
	const end = extent([a, b]);
	let sum = 0;
	for (let i = 0; i < end; i++) sum += ((a.data[i] as number) - (b.data[i] as number)) ** 2;
	return Math.sqrt(sum);
}

/** The Frobenius norm of the first `end` values. */
export function norm({ data }: Embedding, end: number): number {
	let sum = 0;
	for (let i = 0; i < end; i++) sum += (data[i] as number) ** 2;
	return Math.sqrt(sum);
}
