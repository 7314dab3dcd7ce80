import * as z from "zod";
import { zeroKeys } from "../../../pipelines/wan/dit/bias.ts";
import { Dit } from "../../../pipelines/wan/dit/dit.ts";
import { swapAxes } from "../../../pipelines/wan/dit/patches.ts";
import type { TextKeys } from "../../../pipelines/wan/dit/text-keys.ts";
import { longLive } from "../../../pipelines/wan/policy/longlive.ts";
import { rewardForcing } from "../../../pipelines/wan/policy/reward-forcing.ts";
import type { Window } from "../../../pipelines/wan/policy/roll.ts";
import { sliding } from "../../../pipelines/wan/policy/sliding.ts";
import { type CaseFolder, type CaseKind, SINGLE } from "../case.ts";
import { type Compared, compare, same } from "../compare.ts";
import { STREAM_SINK } from "./rollout-config.ts";
import { ditConfig, latentSize, wanSchema } from "./wan-config.ts";

/** The transformers that Scope lays VACE over, and how they keep the past. */
const POLICIES = {
	longlive: longLive,
	memflow: longLive,
	reward_forcing: rewardForcing,
	streamdiffusionv2: ({ window }: Window) => sliding({ window, sink: STREAM_SINK }),
} as const;

const schema = wanSchema.extend({
	model: z.templateLiteral(["CausalVaceWanModel over ", z.enum(Object.keys(POLICIES) as (keyof typeof POLICIES)[])]),
	vace_layers: z.array(z.int()),
	vace_in_dim: z.literal(96),
	scales: z.array(z.number()),
	timesteps: z.array(z.number()),
	local_attn_size: z.int(),
	sink_size: z.int().default(0),
	tokens_per_frame: z.int(),
	num_frame_per_block: z.int(),
	control_branch_zero_padding_keys: z.int(),
});

type Config = z.output<typeof schema>;

/** Scope's VACE over a causal transformer: block by block, with hints at several scales and contexts of several kinds. */
export const kind: CaseKind = {
	name: "vace-causal",
	matches: (config) => schema.safeParse(config).success,
	async *run(folder, engine) {
		const raw = folder.read(schema);
		const weights = await folder.weights();
		const taps = new Set(raw.vace_layers.map((layer) => `hint.${layer}`));
		const vace = { weights, layers: raw.vace_layers };
		const over = raw.model.slice("CausalVaceWanModel over ".length) as keyof typeof POLICIES;
		const policy = POLICIES[over]({ window: raw.local_attn_size, sink: raw.sink_size });
		const parts = { config: ditConfig(raw), weights, size: latentSize(raw), vace, taps, policy };
		await using dit = new Dit(engine, parts);
		using text = await dit.read(folder.floats("context"));
		const tokens = raw.num_frame_per_block * raw.tokens_per_frame;
		yield same("control_branch_zero_padding_keys", zeroKeys(tokens, tokens), raw.control_branch_zero_padding_keys);
		const blocks = folder.names.filter((name) => /^b\d+_x$/.test(name)).length;
		const scales = [...new Set(folder.names.flatMap((name) => /_flow_scale(.+)$/.exec(name)?.[1] ?? []))];
		for (const scale of scales) {
			dit.reset();
			for (let b = 0; b < blocks; b++) yield* blockAt(folder, raw, dit, text, b, scale);
		}
		const others = folder.names.flatMap((name) => /^b0_flow_(reference_only|ref_plus_video|no_vace)$/.exec(name) ?? []);
		for (const name of others.filter((name) => name.startsWith("b0_"))) {
			dit.reset();
			const kind = name.slice("b0_flow_".length);
			const vace = kind === "no_vace" ? {} : { vace: { context: contextOf(folder, `vace_context_${kind}`), scale: 1 } };
			const { flow } = await dit.forward({ ...noisy(folder, raw, text, 0), ...vace });
			yield compare(name, flow, folder.tensor(name), SINGLE);
		}
	},
};

async function* blockAt(
	folder: CaseFolder,
	config: Config,
	dit: Dit,
	text: TextKeys,
	block: number,
	scale: string,
): AsyncIterable<Compared> {
	const inputs = noisy(folder, config, text, block);
	const context = contextOf(folder, `b${block}_vace_context`);
	const { flow, taps } = await dit.forward({ ...inputs, vace: { context, scale: Number(scale) } });
	const name = `b${block}_flow_scale${scale}`;
	yield compare(name, flow, folder.tensor(name), SINGLE);
	for (const [i, layer] of config.vace_layers.entries()) {
		const stored = `b${block}_hint${i}`;
		const hint = taps[`hint.${layer}`];
		// Hints do not depend on the scale; they are compared where there are some for the first time.
		if (hint && folder.unread.includes(stored)) yield compare(stored, hint, folder.tensor(stored), SINGLE);
	}
	const pass = { ...inputs.pass, kind: "clean" as const };
	await dit.forward({ latents: folder.floats(`b${block}_clean`), timesteps: 0, text, pass });
}

function noisy(folder: CaseFolder, { num_frame_per_block: frames, timesteps }: Config, text: TextKeys, block: number) {
	const pass = { start: block * frames, frames, kind: "denoise" as const };
	return {
		latents: folder.floats(`b${block}_x`),
		timesteps: timesteps[block % timesteps.length] as number,
		text,
		pass,
	};
}

/** A stored context [96, frames, rows, columns] as ours. */
function contextOf(folder: CaseFolder, name: string): Float32Array {
	const [channels = 0, frames = 0] = folder.tensor(name).shape;
	return swapAxes(folder.floats(name), channels, frames);
}
