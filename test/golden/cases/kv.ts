import * as z from "zod";
import { Dit } from "../../../pipelines/wan/dit/dit.ts";
import { swapAxes } from "../../../pipelines/wan/dit/patches.ts";
import { sliding } from "../../../pipelines/wan/policy/sliding.ts";
import { type CaseKind, SINGLE } from "../case.ts";
import { compare, same } from "../compare.ts";
import { compareCaches } from "./caches.ts";
import { ditConfig, latentSize, wanSchema } from "./wan-config.ts";

const schema = wanSchema.extend({
	model: z.string().startsWith("CausalWanModel"),
	local_attn_size: z.int(),
	sink_size: z.int().default(0),
	cache_frames: z.int(),
	tokens_per_frame: z.int(),
	blocks: z.array(z.object({ block: z.int(), current_start: z.int(), global_end: z.int(), local_end: z.int() })),
});

/** A causal transformer with a cache, each block once with noise and once without, from stored inputs. */
export const kind: CaseKind = {
	name: "kv",
	matches: (config) => schema.safeParse(config).success,
	async *run(folder, engine) {
		const raw = folder.read(schema);
		const config = ditConfig(raw);
		const attend = raw.local_attn_size < 0 ? raw.cache_frames : raw.local_attn_size;
		const policy = sliding({ window: raw.cache_frames, sink: raw.sink_size, attend });
		const weights = await folder.weights();
		const taps = new Set(folder.names.flatMap((name) => tapOf(name) ?? []));
		await using dit = new Dit(engine, { config, weights, size: latentSize(raw), policy, taps });
		using text = await dit.read(folder.floats("context"));
		for (const { block, current_start, global_end, local_end } of raw.blocks) {
			const frames = folder.tensor(`b${block}_x_noisy`).shape[2] as number;
			const start = current_start / raw.tokens_per_frame;
			for (const [pass, kind] of [
				["noisy", "denoise"],
				["clean", "clean"],
			] as const) {
				const latents = swapAxes(folder.floats(`b${block}_x_${pass}`), config.inChannels, frames);
				const timesteps = pass === "clean" ? 0 : folder.numbers(`b${block}_t`);
				const { flow, taps } = await dit.forward({ latents, timesteps, text, pass: { start, frames, kind } });
				const ours = swapAxes(flow, frames, config.outChannels);
				yield compare(`b${block}_flow_${pass}`, ours, folder.tensor(`b${block}_flow_${pass}`), SINGLE);
				for (const name of folder.names.filter((name) => pass === "noisy" && name.startsWith(`b${block}_block`))) {
					yield compare(name, taps[tapOf(name) as string] ?? [], folder.tensor(name), SINGLE);
				}
			}
			yield same(`b${block}_global_end`, dit.cache.ends.global * raw.tokens_per_frame, global_end);
			yield same(`b${block}_local_end`, dit.cache.ends.local * raw.tokens_per_frame, local_end);
		}
		yield* compareCaches(folder, engine, dit, text);
	},
};

function tapOf(name: string): string | undefined {
	const layer = /^b\d+_block(\d+)_(hidden|self_attn)$/.exec(name);
	return layer ? (layer[2] === "hidden" ? `blocks.${layer[1]}` : `blocks.${layer[1]}.self_attn`) : undefined;
}
