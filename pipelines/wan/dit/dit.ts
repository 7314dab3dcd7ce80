import type { Engine, Tensor } from "mutoscope/inference";
import { KvCache, type Opened } from "../cache/kv-cache.ts";
import type { Pass, Plan, Policy } from "../policy/plan.ts";
import { type HintInputs, type Hints, Silence, vaceHints } from "../vace/hints.ts";
import { Adapters } from "./adapters.ts";
import { zeroKeys } from "./bias.ts";
import { type LatentSize, tokensPerFrame } from "./config.ts";
import { cacheFeeds, type PassFeeds } from "./pass-feeds.ts";
import { patchify, unpatchify } from "./patches.ts";
import { Positions, type Precision } from "./positions.ts";
import { readText } from "./read-text.ts";
import { type DitParts, type Form, freeAll, Sessions } from "./sessions.ts";
import { type StampKeys, stampChannels } from "./stamp.ts";
import { StampTable } from "./stamp-table.ts";
import { drainTaps, readFloats } from "./taps.ts";
import { type TextKeys, textFeeds } from "./text-keys.ts";
import { TimeTable } from "./time-table.ts";
import { TurnTable } from "./turn-table.ts";

/** How a transformer is opened. */
export interface DitOptions extends Omit<DitParts, "cache"> {
	/** Of the latents. */
	readonly size: LatentSize;
	/** How the past is kept. Without one, every pass stands by itself: Wan as it was trained. */
	readonly policy?: Policy;
	/** Precision of the angles that timesteps become. Default `single` with VACE, as Scope has it, `double` without. */
	readonly precision?: Precision;
	/** Whether VACE's branch attends to keys of nothing, as in Scope. Default: where there is a policy. */
	readonly padded?: boolean;
	/** Whether the padding of texts is taken together where it can be. Default true; not worth a second form where texts are short. */
	readonly shortens?: boolean;
	/** Whether frames may pass that the cache does not keep. They are wasted but for what they answer. Default false. */
	readonly spare?: boolean;
}

/** One pass. */
export interface ForwardInputs {
	/** [frames, channels, rows, columns]. */
	readonly latents: Float32Array;
	/** One for all frames, or one for each. */
	readonly timesteps: number | readonly number[];
	readonly text: TextKeys;
	/** From where its world is seen, for a model with a stamp. */
	readonly keys?: StampKeys;
	/** Where the frames belong; not asked for without a policy. */
	readonly pass?: Pass;
	/** VACE's context, [frames, 96, rows, columns], and how much its hints count: 0 leaves them out. */
	readonly vace?: { readonly context: Float32Array; readonly scale: number };
	/** How much keys of the past count, 0…1, where the policy fades them. Default 1. */
	readonly bias?: number;
	/** Whether the text is new since the pass before: the bank, as MemFlow has it, then judges without it. */
	readonly newText?: boolean;
	readonly signal?: AbortSignal;
}

/** What a pass gives. */
export interface ForwardResult {
	/** v = ε − x₀, from clean to noise, or x₀ itself where the model `predicts` that; [frames, channels, rows, columns]. */
	readonly flow: Float32Array;
	/** What was tapped, in fp32, by name; hints as `hint.<block>`. */
	readonly taps: Readonly<Record<string, Float32Array>>;
}

/** Wan 2.1's transformer with a cache of the past: latents in, flow out. */
export class Dit implements AsyncDisposable {
	readonly size: LatentSize;
	readonly policy: Policy | undefined;
	/** Adapters laid over it, if it was opened with room for them. */
	readonly adapters: Adapters;
	readonly #engine: Engine;
	readonly #options: DitOptions;
	readonly #sessions: Sessions;
	readonly #positions: Positions;
	readonly #cache: KvCache | undefined;
	readonly #times: TimeTable;
	readonly #turns: TurnTable;
	readonly #stamps: StampTable;
	readonly #silence: Silence;
	#origin = 0;

	/** Loads nothing yet: models are loaded when they are needed, or by `warm`. */
	constructor(engine: Engine, options: DitOptions) {
		const { size, policy, config, precision = options.vace ? "single" : "double" } = options;
		this.size = size;
		this.policy = policy;
		this.#engine = engine;
		this.#options = options;
		this.adapters = new Adapters(engine);
		this.#sessions = new Sessions(engine, { ...options, cache: policy?.keys ?? "none" });
		this.#positions = new Positions(config.dim / config.heads, size, config.patch);
		const shape = { layers: config.layers, dim: config.dim, heads: config.heads, dtype: engine.provider.dtype };
		if (policy) this.#cache = new KvCache(engine, policy, shape, this.#tokens, options.spare);
		this.#times = new TimeTable(engine, this.#sessions, this.adapters, precision);
		this.#turns = new TurnTable(engine, this.#positions);
		this.#stamps = new StampTable(config, size);
		this.#silence = new Silence(engine, options.vace?.layers ?? [], config.dim);
	}

	/** The cache of the past. */
	get cache(): KvCache {
		if (!this.#cache) throw new TypeError("this transformer was opened without a policy");
		return this.#cache;
	}

	/** What its answers are. */
	get predicts(): "flow" | "clean" {
		return this.#options.config.predicts ?? "flow";
	}

	/** Elements of one latent frame. */
	get frameLength(): number {
		return this.#channels * this.size.rows * this.size.columns;
	}

	/** Loads what a first pass will need, and, where adapters wait to be turned up, what they will. */
	async warm(adapted = false): Promise<void> {
		const form = this.#form();
		await this.#sessions.warm(form);
		if (adapted && this.#options.lora && !form.adapted) await this.#sessions.warm({ ...form, adapted });
	}

	/** Reads a text's embeddings, [tokens, textDim], padding included. The result is the caller's. */
	read(embeddings: Float32Array): Promise<TextKeys> {
		const options = { adapters: this.adapters, shorten: this.#shortens };
		return readText(this.#engine, this.#sessions, embeddings, options);
	}

	/** Lays adapters over the transformer, or other scales. What was read of texts before is not what it would read now. */
	adapt(change: (adapters: Adapters) => void): void {
		change(this.adapters);
		this.#times.clear();
	}

	/** One pass, which writes the cache. If it fails the cache is forgotten. */
	async forward(inputs: ForwardInputs): Promise<ForwardResult> {
		const { pass, text } = inputs;
		if (!this.#cache || !pass) return this.#run(inputs, undefined, undefined);
		const cache = this.#cache;
		const plan = cache.plan(pass);
		try {
			const opened = await cache.begin(plan, inputs.newText ? undefined : text.main.keys);
			const result = await this.#run(inputs, plan, opened);
			opened.written();
			await cache.end(plan);
			return result;
		} catch (error) {
			this.reset();
			throw error;
		}
	}

	/** Forgets the past. */
	reset(): void {
		this.#cache?.reset();
		this.#origin = 0;
	}

	/** The position in time that a frame is turned to. It grows with the stream unless it is brought back by `rebase`. */
	positionOf(frame: number): number {
		return frame - this.#origin;
	}

	/**
	 * Brings positions in time back to the beginning: the keys of the window are turned so that it stands right behind the
	 * sink. Among its frames nothing changes; only the sink comes nearer.
	 *
	 * So a stream need not end where the table of positions does. It is what StreamDiffusionV2 does with its counter, done to
	 * the cached keys, too.
	 */
	async rebase(sink: number): Promise<void> {
		const { global, local } = this.cache.ends;
		const by = this.positionOf(global - local);
		if (by <= 0) return;
		await this.cache.turn(sink, (frames) => this.#positions.shifts(new Array<number>(frames).fill(-by)));
		this.#origin += by;
	}

	async #run(inputs: ForwardInputs, plan: Plan | undefined, opened: Opened | undefined): Promise<ForwardResult> {
		const { config } = this.#options;
		const { text, vace, signal, latents } = inputs;
		const frames = latents.length / this.frameLength;
		const tokens = frames * this.#tokens;
		const timesteps = typeof inputs.timesteps === "number" ? [inputs.timesteps] : inputs.timesteps;
		const { embedding, modulation } = await this.#times.of(timesteps);
		const dims = [timesteps.length, tokens / timesteps.length, config.inChannels * config.patch ** 2];
		const cut = { channels: this.#channels, size: this.size, patch: config.patch };
		using patches = this.#engine.tensor("float32", dims, patchify(latents, cut, this.#stamps.of(inputs.keys)));
		const common = { patches, "time.modulation": modulation };
		using hints = vace && vace.scale !== 0 ? await this.#hint(common, frames, vace.context, inputs) : undefined;
		const turns = this.#turns.of(count(plan ? this.positionOf(plan.position) : 0, frames));
		const cached = this.#cacheFeeds(inputs, plan, opened, tokens);
		try {
			const form = this.#form(opened?.masked, hints !== undefined, text.padding > 1);
			const model = await this.#sessions.main(form);
			const outputs = await model.run(
				{
					...common,
					"time.embedding": embedding,
					...turns,
					...textFeeds(text.main),
					...opened?.feeds,
					...cached.own,
					...cached.borrowed,
					...(form.hinted ? this.#silence.feeds(tokens) : {}),
					...(hints && vace ? hints.feeds(this.#engine, vace.scale) : {}),
					...(await this.adapters.feeds(this.#sessions.targetsOf(model))),
				},
				opened?.fetches,
				signal ? { signal } : {},
			);
			return await this.#result(outputs, {
				...hints?.tensors,
				"time.embedding": embedding,
				"time.modulation": modulation,
			});
		} finally {
			freeAll(Object.values(cached.own));
		}
	}

	/** Of the latents. */
	get #channels(): number {
		const { inChannels, stamp } = this.#options.config;
		return inChannels - stampChannels(stamp);
	}

	/** Tokens of a frame. */
	get #tokens(): number {
		return tokensPerFrame(this.size, this.#options.config.patch);
	}

	/** Whether padding of texts is taken together. A memory bank asks all their tokens, and taps show them all. */
	get #shortens(): boolean {
		const { taps, policy, shortens = true } = this.#options;
		return shortens && this.#sessions.lean && !taps?.size && !policy?.bank;
	}

	/** What a pass needs, or, where there is room for one form only, all that any pass may need. */
	#form(biased = this.policy?.biased ?? false, hinted = false, brief = this.#shortens): Form {
		const { vace, lora = false } = this.#options;
		if (!this.#sessions.lean) return { biased, hinted: vace !== undefined, adapted: lora, brief };
		return { biased, hinted, adapted: lora && !this.adapters.silent, brief };
	}

	#cacheFeeds(
		{ bias = 1 }: ForwardInputs,
		plan: Plan | undefined,
		opened: Opened | undefined,
		tokens: number,
	): PassFeeds {
		if (!this.policy || !opened) return { own: {}, borrowed: {} };
		const frame = this.#tokens;
		const fades = plan?.faded !== undefined && bias !== 1;
		const zeros = fades && this.#options.padded !== false ? zeroKeys(tokens, opened.attended.length * frame) : 0;
		const fade = { amount: fades ? Math.log(bias) : 0, zeros };
		return cacheFeeds(this.#engine, opened, { policy: this.policy, tokens: frame, turns: this.#turns, fade });
	}

	async #hint(
		common: Pick<HintInputs, "patches" | "time.modulation">,
		frames: number,
		context: Float32Array,
		{ text, signal }: ForwardInputs,
	): Promise<Hints> {
		if (!text.vace) throw new TypeError("this transformer was opened without VACE");
		const { padded = this.policy !== undefined } = this.#options;
		const turns = this.#turns.of(count(0, frames));
		const inputs = { ...common, ...turns, text: text.vace, context, size: this.size, padded };
		return vaceHints(this.#engine, this.#sessions, inputs, signal);
	}

	/** @param between what was computed before, by the names that it may be tapped by. */
	async #result(
		{ flow, ...tapped }: Readonly<Record<string, Tensor>>,
		between: Readonly<Record<string, Tensor>>,
	): Promise<ForwardResult> {
		const { config, taps: wanted = new Set() } = this.#options;
		const cut = { channels: config.outChannels, size: this.size, patch: config.patch };
		using patches = flow as Tensor;
		const taps = drainTaps(tapped);
		for (const [name, tensor] of Object.entries(between)) {
			if (wanted.has(name)) taps[name] = await readFloats(this.#engine, tensor);
		}
		return { flow: unpatchify(patches.data as Float32Array, cut), taps };
	}

	/** Closes its models and frees what it holds. */
	async [Symbol.asyncDispose](): Promise<void> {
		// What sessions have left on a device goes before them: WebGPU frees it through the session that made it.
		for (const part of [this.#times, this.#turns, this.#silence, this.adapters]) part[Symbol.dispose]();
		await this.#cache?.[Symbol.asyncDispose]();
		await this.#sessions[Symbol.asyncDispose]();
	}
}

function count(from: number, length: number): readonly number[] {
	return Array.from({ length }, (_, i) => from + i);
}
