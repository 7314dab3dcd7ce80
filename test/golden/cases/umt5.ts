import * as z from "zod";
import { bucketOf, buckets } from "../../../pipelines/wan/text/umt5/buckets.ts";
import { Umt5Encoder } from "../../../pipelines/wan/text/umt5/encoder.ts";
import { drawUmt5 } from "../../../pipelines/wan/text/umt5/graph.ts";
import { readRows } from "../../../pipelines/wan/text/umt5/table.ts";
import { type CaseKind, SINGLE, textType } from "../case.ts";
import { compare } from "../compare.ts";
import { runOnce, watching } from "../inside.ts";

const config = z.object({
	num_buckets: z.literal(32),
	shared_pos: z.literal(false),
	num_layers: z.int().min(1),
	text_len: z.int().min(1),
	lens: z.array(z.int().min(1)),
});

/** UMT5's encoder: its buckets, its layers with the padding run as well, and what the pipelines get. */
export const kind: CaseKind = {
	name: "umt5",
	matches: (value) => config.safeParse(value).success,
	async *run(folder, engine) {
		const { text_len: length, lens } = folder.read(config);
		const ids = BigInt64Array.from(folder.tensor("ids").data as BigInt64Array);
		const mask = folder.numbers("mask");
		const lengths = lens.map((_, i) => mask.slice(i * length, (i + 1) * length).reduce((sum, one) => sum + one));
		yield compare("mask", lengths, lens, 0);
		yield compare("rel_bucket", folder.numbers("rel_pos").map(bucketOf), folder.numbers("rel_bucket"), 0);

		const weights = await folder.weights();
		const table = weights.get("token_embedding.weight");
		const inside = new Map<string, string>();
		for (const name of folder.names) {
			const [, layer, attention] = /^block(\d+)_(attn_)?out$/.exec(name) ?? [];
			if (layer !== undefined) inside.set(name, `blocks.${layer}${attention ? ".attn" : ""}`);
		}
		using rows = engine.tensor(table.dtype, [lens.length, length, table.shape[1] ?? 0], await readRows(table, ids));
		using counts = engine.tensor("int64", [lens.length], BigInt64Array.from(lengths, BigInt));
		using positions = engine.tensor("int64", [length, length], buckets(length));
		const graph = drawUmt5(weights, { dtype: textType(engine), observe: watching(inside.values()) });
		const seen = await runOnce(engine, graph, { rows, lengths: counts, buckets: positions });
		for (const [stored, name] of inside) yield compare(stored, seen.get(name) ?? [], folder.floats(stored), SINGLE);
		yield compare("out_raw", seen.get("embeddings") ?? [], folder.floats("out_raw"), SINGLE);

		await using encoder = await Umt5Encoder.open(engine, folder.file("weights.safetensors"));
		const together = await encoder.encode({ ids, lengths, length });
		const expected = folder.floats("prompt_embeds");
		yield compare("prompt_embeds", together.data, expected, SINGLE);
		const each = expected.length / lens.length;
		for (const [i, valid] of lengths.entries()) {
			const one = ids.slice(i * length, (i + 1) * length);
			const alone = await encoder.encode({ ids: one, lengths: [valid], length });
			yield compare(`prompt_embeds ${i} alone`, alone.data, expected.subarray(i * each, (i + 1) * each), SINGLE);
		}
	},
};
