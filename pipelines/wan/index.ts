import { definePipeline, type PipelineDefinition } from "mutoscope/sdk";
import { filesOf } from "./artifacts.ts";
import { framesWanted } from "./chunking.ts";
import { wantedLoras } from "./lora/slots.ts";
import { needOf } from "./memory.ts";
import { paramsOf, type WanValues } from "./params.ts";
import { VARIANTS, type Variant } from "./variants.ts";

/** Where frames are played as fast as they come: the source sets the rate. */
const AS_MADE = 60;

function define(variant: Variant): PipelineDefinition {
	const { id, title, description, source, modes, weights, adapter, sizes, pace } = variant;
	const { config, tokenizer, text, vaes, vace, loras } = filesOf(variant);
	return definePipeline({
		id,
		title,
		description,
		source,
		modes,
		params: paramsOf(variant),
		artifacts: [
			config,
			weights,
			...(adapter ? [adapter] : []),
			tokenizer,
			text,
			...Object.values(vaes),
			vace,
			...loras,
		],
		// Adapters that are merged are part of the weights; their scales are those of the moment when they were.
		opensWith: ({ merge, lora }) => (merge === "permanent_merge" ? wantedLoras(lora).map(({ name }) => name) : []),
		memory: (values) => needOf(variant, values),
		...(sizes && { realTime: { sizes, fps: pace } }),
		async open(context, signal) {
			const [{ openModels }, { WanStream, usesOf }] = await Promise.all([import("./models.ts"), import("./stream.ts")]);
			const models = await openModels(variant, context, signal);
			const stream = new WanStream(variant, models, context);
			const { width, height } = context.params;
			let closing: Promise<void> | undefined;
			return {
				input: { width, height },
				demand(values) {
					const { video, control } = usesOf(values, models.guided);
					return video || control ? { frames: framesWanted(variant.chunk), wait: true } : { frames: 0, wait: false };
				},
				rate(values) {
					const { video, control } = usesOf(values, models.guided);
					return video || control ? AS_MADE : values.pace;
				},
				async generate({ frames }, values, { hand }, signal) {
					const made = await stream.next(frames, values, signal, hand as WanValues | undefined);
					for (const frame of frames) frame.close();
					return { frames: made };
				},
				reset: () => stream.reset(),
				[Symbol.asyncDispose]() {
					closing ??= (async () => {
						stream[Symbol.dispose]();
						await models[Symbol.asyncDispose]();
					})();
					return closing;
				},
			};
		},
	}) as PipelineDefinition;
}

/** The real-time causal video pipelines of Wan 2.1's architecture. */
export const wan: readonly PipelineDefinition[] = VARIANTS.map(define);

export const [longlive, streamDiffusionV2, kreaRealtimeVideo, rewardForcing, memFlow, pocket] = wan;
