import * as z from "zod";
import { krea } from "../../../pipelines/wan/policy/krea.ts";
import { longLive } from "../../../pipelines/wan/policy/longlive.ts";
import { memFlow } from "../../../pipelines/wan/policy/memflow.ts";
import type { Policy } from "../../../pipelines/wan/policy/plan.ts";
import { rewardForcing } from "../../../pipelines/wan/policy/reward-forcing.ts";
import { sliding } from "../../../pipelines/wan/policy/sliding.ts";
import type { RolloutOptions } from "../../../pipelines/wan/rollout.ts";
import { Schedule } from "../../../pipelines/wan/schedule.ts";
import { wanSchema } from "./wan-config.ts";

/** Scope's StreamDiffusionV2 has its sink as a constant. */
export const STREAM_SINK = 3;

/** A rollout of one of Scope's pipelines. */
export const rolloutSchema = wanSchema.extend({
	policy: z.enum(["longlive", "streamdiffusionv2", "krea", "reward_forcing", "memflow"]),
	model_kwargs: z.object({
		sink_size: z.int().default(0),
		bank_size: z.int().optional(),
		record_interval: z.int().optional(),
	}),
	pipeline_config: z.object({
		num_frame_per_block: z.int(),
		local_attn_size: z.int(),
		global_sink: z.boolean().optional(),
		kv_cache_num_frames: z.int().optional(),
		record_interval: z.int().optional(),
	}),
	tokens_per_frame: z.int(),
	timestep_shift: z.number(),
	denoising_step_list: z.array(z.number()),
	kv_cache_attention_bias: z.number().default(1),
	noise_scale: z.number().optional(),
	prompt_schedule: z.record(z.string(), z.string()).default({ 0: "p0" }),
	update_bank_on_every_closing_pass: z.boolean().default(false),
	blocks: z.array(
		z.object({
			block: z.int(),
			current_start_frame: z.int(),
			num_frames: z.int(),
			timesteps: z.array(z.number()),
			current_start_tokens: z.array(z.int()),
			global_end: z.int(),
			local_end: z.int(),
			pre_passes: z.int(),
			clean_passes: z.int(),
		}),
	),
});

/** What a rollout's config says. */
export type RolloutConfig = z.output<typeof rolloutSchema>;

/** The policy of a config, and how it is run. */
export function rolloutOf(config: RolloutConfig): { policy: Policy; options: RolloutOptions } {
	const {
		num_frame_per_block: chunk,
		local_attn_size: window,
		kv_cache_num_frames: context = 3,
	} = config.pipeline_config;
	const sink = config.policy === "streamdiffusionv2" ? STREAM_SINK : config.model_kwargs.sink_size;
	const schedule = new Schedule(config.timestep_shift);
	const base = { schedule, chunk, sink, clean: true };
	const globalSink = config.pipeline_config.global_sink ?? true;
	switch (config.policy) {
		case "longlive":
			return { policy: longLive({ window, sink, globalSink }), options: { ...base, recache: window } };
		case "memflow":
			return {
				policy: memFlow({ window, sink, globalSink, ...bankOf(config) }),
				options: { ...base, recache: window },
			};
		case "streamdiffusionv2":
			return { policy: sliding({ window, sink }), options: base };
		case "reward_forcing":
			return { policy: rewardForcing({ window, sink }), options: { ...base, overlapsVideo: true } };
		case "krea":
			return { policy: krea({ window, chunk }), options: { ...base, clean: false, context } };
	}
}

function bankOf({ model_kwargs, pipeline_config, update_bank_on_every_closing_pass: always }: RolloutConfig) {
	const { bank_size: size, record_interval } = model_kwargs;
	const interval = always ? record_interval : pipeline_config.record_interval;
	if (size === undefined || interval === undefined) return {};
	return {
		bank: { size, interval, chunk: pipeline_config.num_frame_per_block, record: always ? "always" : "interval" },
	} as const;
}
