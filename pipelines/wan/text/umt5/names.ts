import type { Weights } from "mutoscope/inference";

/** Parts of a name in Hugging Face's layout of T5, and what they are called in Wan's. */
const PARTS: readonly (readonly [RegExp, string])[] = [
	[/^shared\.|^encoder\.embed_tokens\./, "token_embedding."],
	[/^encoder\.final_layer_norm\./, "norm."],
	[/^encoder\.block\.(\d+)\.layer\.0\.SelfAttention\.relative_attention_bias\./, "blocks.$1.pos_embedding.embedding."],
	[/^encoder\.block\.(\d+)\.layer\.0\.SelfAttention\./, "blocks.$1.attn."],
	[/^encoder\.block\.(\d+)\.layer\.0\.layer_norm\./, "blocks.$1.norm1."],
	[/^encoder\.block\.(\d+)\.layer\.1\.layer_norm\./, "blocks.$1.norm2."],
	[/^encoder\.block\.(\d+)\.layer\.1\.DenseReluDense\.wi_0\./, "blocks.$1.ffn.gate.0."],
	[/^encoder\.block\.(\d+)\.layer\.1\.DenseReluDense\.wi_1\./, "blocks.$1.ffn.fc1."],
	[/^encoder\.block\.(\d+)\.layer\.1\.DenseReluDense\.wo\./, "blocks.$1.ffn.fc2."],
];

/**
 * The encoder's tensors under Wan's names, from a file in Wan's layout or in Hugging Face's, which Comfy-Org's scaled file
 * has, too. What belongs to neither is left out.
 */
export function wanNames(weights: Weights): Weights {
	if (weights.has("token_embedding.weight")) return weights;
	let embedding = false;
	return weights.rename((name) => {
		const [from, to] = PARTS.find(([part]) => part.test(name)) ?? [];
		if (!from || to === undefined) return undefined;
		// Some files hold the table under both of its names.
		const twice = to === "token_embedding." && embedding;
		embedding ||= to === "token_embedding.";
		return twice ? undefined : name.replace(from, to);
	});
}
