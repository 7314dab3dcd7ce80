import { type BlendMethod, type BlendOptions, type Embedding, extent, norm } from "./prompts-embedding.ts";
import { slerp } from "./prompts-slerp.ts";

/**
 * Blends embeddings by weight.
 *
 * Linear: `C = Σ wᵢ Eᵢ`, then scaled to the length that the weights give, `‖C‖ = Σ wᵢ ‖Eᵢ‖` (Frobenius norms), because
 * a mean of unlike texts is too short to say anything. With one embedding it is that embedding.
 *
 * @param weights one for each; divided by their sum, or all equal if that is not above 0.
 */
export function blend(
	embeddings: readonly Embedding[],
	weights: readonly number[],
	method: BlendMethod,
	{ asScope = false }: BlendOptions = {},
): Embedding {
	const shares = normalised(weights);
	if (method === "linear" || embeddings.length < 2 || (asScope && embeddings.length > 2)) {
		return linear(embeddings, shares);
	}
	let sum = shares[0] as number;
	return embeddings.slice(1).reduce((mixed, next, i) => {
		const share = shares[i + 1] as number;
		sum += share;
		return slerp(mixed, next, sum > 0 ? share / sum : 0, { asScope });
	}, embeddings[0] as Embedding);
}

function normalised(weights: readonly number[]): readonly number[] {
	const sum = weights.reduce((total, weight) => total + weight, 0);
	return weights.map((weight) => (sum > 0 ? weight / sum : 1 / weights.length));
}

function linear(embeddings: readonly Embedding[], shares: readonly number[]): Embedding {
	const [first] = embeddings as readonly [Embedding];
	if (embeddings.length === 1) return first;
	const mixed: Embedding = { data: new Float32Array(first.data.length), width: first.width };
	const end = extent(embeddings);
	for (let i = 0; i < end; i++) {
		let sum = 0;
		for (let j = 0; j < shares.length; j++) sum += (shares[j] as number) * (embeddings[j]?.data[i] as number);
		mixed.data[i] = sum;
	}
	const length = norm(mixed, end);
	const wanted = embeddings.reduce((sum, embedding, i) => sum + (shares[i] as number) * norm(embedding, end), 0);
	if (length > 1e-8) for (let i = 0; i < end; i++) mixed.data[i] = ((mixed.data[i] as number) * wanted) / length;
	return mixed;
}
