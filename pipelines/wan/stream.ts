import type { Frame, PipelineContext } from "mutoscope/sdk";
import { filesOf } from "./artifacts.ts";
import { planChunk, resampled } from "./chunking.ts";
import { stampKeys } from "./dit/stamp.ts";
import type { TextKeys } from "./dit/text-keys.ts";
import { Guidance, joined } from "./guidance.ts";
import { LiveLoras } from "./loras.ts";
import { makingOf } from "./making.ts";
import type { WanModels } from "./models.ts";
import { Noise } from "./noise.ts";
import { NoiseController } from "./noise-controller.ts";
import type { WanValues } from "./params.ts";
import { toMask, toPixels, unrounded } from "./pixels.ts";
import type { Prompt } from "./prompts.ts";
import { type Condition, Conditioning } from "./prompts-conditioning.ts";
import { resetOf } from "./reset.ts";
import { Rollout } from "./rollout.ts";
import { timestepsOf, videoSteps } from "./schedule-steps.ts";
import { RestingEncoder } from "./vace/resting.ts";
import type { Variant } from "./variants.ts";

/** Channels of a latent frame. */
const LATENT = 16;
/** Pixel frames that Krea's context is anchored in: one latent frame's, and those of two more. */
const ANCHOR = 9;
/** Where Wan's table of positions ends. */
const HORIZON = 1024;

/** Whether the video that comes in lies under the noise, or guides through VACE. */
export function usesOf(values: WanValues, guided: boolean): { readonly video: boolean; readonly control: boolean } {
	const control = guided && values.vace.enabled && values.vace.input;
	return { video: values.mode === "video" && !control, control };
}

/** A stream of a pipeline of the family: chunk after chunk, with everything that may be turned in between. */
export class WanStream {
	readonly #variant: Variant;
	readonly #models: WanModels;
	readonly #context: PipelineContext<WanValues>;
	readonly #rollout: Rollout;
	readonly #conditioning: Conditioning;
	readonly #controller: NoiseController;
	readonly #guidance: Guidance;
	readonly #loras: LiveLoras;
	#asked = true;
	#texts: string | undefined;
	/** As the hand has set them. */
	#steps = "";
	#loraSlots = "";
	#signal: AbortSignal | undefined;
	#video: boolean | undefined;
	#wasMoving = false;
	#text: TextKeys | undefined;
	/** The last frames shown, RGBA, for Krea's anchor. */
	#shown: Uint8Array[] = [];

	constructor(variant: Variant, models: WanModels, context: PipelineContext<WanValues>) {
		const { params, picture, log, file } = context;
		const { dit, vae, encoder, base } = models;
		const size = { width: params.width, height: params.height };
		const { latents } = variant.chunk;
		this.#variant = variant;
		this.#models = models;
		this.#context = context;
		this.#rollout = new Rollout(dit, makingOf(variant).rollout);
		this.#conditioning = new Conditioning(async (texts) => {
			const { data, shape } = await encoder.encode(texts, this.#signal);
			const length = shape[1] * shape[2];
			return texts.map((_, i) => ({ data: data.slice(i * length, (i + 1) * length), width: shape[2] }));
		});
		this.#controller = new NoiseController(latents);
		const guide = params.vace.sharedStream ? vae : new RestingEncoder(vae);
		this.#guidance = new Guidance({ size, length: 4 * latents, vae: guide, log, picture });
		this.#loras = new LiveLoras({ file, shipped: filesOf(variant).loras, base, log });
	}

	/** The next chunk begins a new stream. */
	reset(): void {
		this.#asked = true;
	}

	/**
	 * The next chunk: frames of the pool, which are the caller's. The frames given stay the caller's. None, where a video is
	 * to be followed and nothing of it was given.
	 *
	 * @param hand the values before plugins moved them.
	 */
	async next(
		given: readonly Frame[],
		values: WanValues,
		signal: AbortSignal,
		hand: WanValues = values,
	): Promise<Frame[]> {
		const { vae } = this.#models;
		const { video, control } = usesOf(values, this.#models.guided);
		this.#signal = signal;
		if (values.cache.reset) this.#asked = true;
		if ((video || control) && given.length === 0) return [];
		const lorasMoved = values.merge === "runtime_peft" && (await this.#loras.follow(values.lora, this.#models.dit));
		if (this.#asked) this.#conditioning.reset();
		const condition = await this.#condition(values);
		this.#forget(values, hand, { video, control, lorasMoved }, condition);
		if (condition.changed || lorasMoved || !this.#text) await this.#read(condition);

		const start = this.#rollout.frame;
		const plan = planChunk(this.#variant.chunk, start, video);
		const frames = this.#pixels(video || control ? given : [], plan.input);
		const laid = video ? await this.#lay(frames, values, signal) : undefined;
		const guides = {
			frames: control ? frames : [],
			masks: control ? this.#masks(given, plan.input, values) : undefined,
		};
		const context = this.#models.guided ? await this.#guidance.context(values.vace, guides, signal) : undefined;
		const latents = await this.#roll(values, { laid, context, latents: plan.latents, condition }, signal);
		return this.#frames(await vae.decode(latents, signal), given);
	}

	/** Frees what is kept between chunks. The models stay. */
	[Symbol.dispose](): void {
		this.#text?.[Symbol.dispose]();
		this.#text = undefined;
	}

	async #condition({ prompt, interpolation, transition: { steps, curve } }: WanValues): Promise<Condition> {
		const written = prompt.filter(({ text }) => text !== "");
		const heard = written.filter(({ weight }) => weight > 0);
		const nothing: readonly Prompt[] = [{ text: "", weight: 1 }];
		// Where no weight is over 0 all count the same.
		const prompts = [heard, written, nothing].find(({ length }) => length > 0) ?? nothing;
		const texts = JSON.stringify(written.map(({ text }) => text));
		const isNew = this.#texts !== undefined && this.#texts !== texts;
		this.#texts = texts;
		// Weights are faders: they are followed at once, and on the way to a new text in the steps that are left.
		const order = isNew && steps > 1 ? { prompts, steps, method: curve } : undefined;
		return this.#conditioning.next(prompts, interpolation, order, !isNew);
	}

	/** Drops of the past what no longer holds. */
	#forget(
		{ cache }: WanValues,
		{ denoise, lora }: WanValues,
		{ video, control, lorasMoved }: { video: boolean; control: boolean; lorasMoved: boolean },
		{ changed, moving }: Condition,
	): void {
		const steps = JSON.stringify([denoise.steps, denoise.warp]);
		const loraSlots = JSON.stringify(lora);
		const reset = resetOf(
			{
				asked: this.#asked,
				start: this.#rollout.frame,
				latents: this.#variant.chunk.latents,
				lorasSet: lorasMoved && this.#loraSlots !== loraSlots,
				stepsChanged: this.#steps !== "" && this.#steps !== steps,
				modeChanged: this.#video !== undefined && this.#video !== video,
				video: video || control,
				textChanged: changed && this.#rollout.frame > 0,
				moving: moving || this.#wasMoving,
			},
			{
				manageCache: cache.manage,
				promptOverVideo: cache.promptOverVideo,
				horizon: cache.endless ? Number.POSITIVE_INFINITY : HORIZON,
			},
		);
		this.#asked = false;
		this.#steps = steps;
		this.#loraSlots = loraSlots;
		this.#video = video;
		this.#wasMoving = moving;
		if (reset.kind !== "full") return;
		this.#context.log.debug("the stream begins anew", { reason: reset.reason });
		this.#rollout.reset();
		this.#models.vae.reset();
		this.#controller.reset();
		this.#shown = [];
	}

	async #read({ embedding }: Condition): Promise<void> {
		const text = await this.#models.dit.read(embedding.data);
		this.#text?.[Symbol.dispose]();
		this.#text = text;
	}

	/** Frames as the models see them, as many as the autoencoder takes. */
	#pixels(frames: readonly Frame[], wanted: number): Float32Array[] {
		if (frames.length === 0) return [];
		const { width, height } = this.#context.params;
		const pixels = frames.map((frame) => toPixels(frame, height, width));
		return resampled(frames.length, wanted).map((i) => pixels[i] as Float32Array);
	}

	/** Where a frame is opaque it is to be made anew. */
	#masks(frames: readonly Frame[], wanted: number, { vace }: WanValues): Float32Array[] | undefined {
		if (!vace.mask || frames.length === 0 || !frames.some(({ alpha }) => alpha)) return undefined;
		const { width, height } = this.#context.params;
		const masks = frames.map((frame) => toMask(frame, height, width));
		return resampled(frames.length, wanted).map((i) => masks[i] as Float32Array);
	}

	/** A video as latents, and how much noise lies over it. */
	async #lay(frames: readonly Float32Array[], { noise }: WanValues, signal: AbortSignal) {
		const noiseScale = noise.controller ? this.#controller.next(frames, noise.scale) : noise.scale;
		return { latents: await this.#models.vae.encode(joined(frames), { stream: "main", signal }), noiseScale };
	}

	async #roll(
		values: WanValues,
		made: {
			readonly laid: { readonly latents: Float32Array; readonly noiseScale: number } | undefined;
			readonly context: Float32Array | undefined;
			readonly latents: number;
			readonly condition: Condition;
		},
		signal: AbortSignal,
	): Promise<Float32Array> {
		const { width, height } = this.#context.params;
		const { laid, context, latents, condition } = made;
		const { steps: listed, warp = false } = values.denoise;
		const steps = laid ? videoSteps(listed, laid.noiseScale) : listed;
		const noise = new Noise(values.seed, this.#rollout.frame);
		const length = laid?.latents.length ?? latents * LATENT * (height / 8) * (width / 8);
		const { bias } = values.cache;
		return this.#rollout.chunk({
			text: this.#text as TextKeys,
			textChanged: condition.changed,
			keys: stampKeys(values.seed),
			timesteps: timestepsOf(steps, makingOf(this.#variant).rollout.schedule, warp),
			noise: () => noise.draw(length),
			...(laid && { video: laid }),
			...(context && { vace: { context, scale: values.vace.scale } }),
			...(bias !== undefined && { bias }),
			...(this.#variant.rebuilds && { anchor: () => this.#anchor(signal) }),
			signal,
		});
	}

	/** Krea: the oldest picture that is remembered, as if a stream began with it. */
	#anchor(signal: AbortSignal): Promise<Float32Array> {
		const { width, height } = this.#context.params;
		const [oldest = new Uint8Array(4 * width * height)] = this.#shown;
		const pixels = toPixels({ size: { width, height }, data: oldest }, height, width);
		return this.#models.vae.encode(unrounded(pixels), { stream: "none", signal });
	}

	#frames(pictures: Uint8Array, given: readonly Frame[]): Frame[] {
		const { params, frame } = this.#context;
		const size = { width: params.width, height: params.height };
		const bytes = 4 * size.width * size.height;
		const captured = given.at(-1)?.captured;
		const frames: Frame[] = [];
		for (let at = 0; at < pictures.length; at += bytes) {
			const made = frame(size, captured === undefined ? {} : { captured });
			made.data.set(pictures.subarray(at, at + bytes));
			frames.push(made);
			if (this.#variant.rebuilds) this.#shown.push(pictures.slice(at, at + bytes));
		}
		this.#shown = this.#shown.slice(-ANCHOR);
		return frames;
	}
}
