import type { Dit, ForwardResult } from "./dit/dit.ts";
import type { StampKeys } from "./dit/stamp.ts";
import type { TextKeys } from "./dit/text-keys.ts";
import { LatentHistory } from "./latent-history.ts";
import type { Pass } from "./policy/plan.ts";
import { addNoise, type Schedule, toClean } from "./schedule.ts";

/** What the makers of Wan's table of positions stopped at. */
const HORIZON = 1024;

/** How a model is run chunk by chunk. */
export interface RolloutOptions {
	readonly schedule: Schedule;
	/** Latent frames of a chunk; the first may have more. */
	readonly chunk: number;
	/** Whether a chunk is closed by a pass at timestep 0, so that the cache remembers it without noise. */
	readonly clean: boolean;
	/** Latent frames that pass once more when the text has changed, so that the past speaks of it, too; 0 for none. */
	readonly recache?: number;
	/** Latent frames that the cache is made of anew before each chunk; 0 to keep it. */
	readonly context?: number;
	/** Frames of the policy's sink, which stay where they are when positions are brought back. */
	readonly sink?: number;
	/** Whether a chunk of video that begins a stream counts one frame less than it has: Reward Forcing in Scope. */
	readonly overlapsVideo?: boolean;
	/**
	 * Whether positions in time are brought back before they run out, so that a stream goes on without a cut. Default true;
	 * `false` is Scope's way: see `exhausted`.
	 */
	readonly endless?: boolean;
}

/** What a chunk is made of. */
export interface ChunkInputs {
	readonly text: TextKeys;
	/** Whether the text is another than that of the chunk before. */
	readonly textChanged?: boolean;
	/** From noisy to clean. */
	readonly timesteps: readonly number[];
	/** From where a model with a stamp sees its world. */
	readonly keys?: StampKeys;
	/** Noise ε [frames, channels, rows, columns]: draw 0 is what the chunk begins with, draw i what is added after step i. */
	readonly noise: (draw: number) => Float32Array | Promise<Float32Array>;
	/** A video's latents, of the noise's shape, and how much of the noise lies over them, 0…1. */
	readonly video?: { readonly latents: Float32Array; readonly noiseScale: number };
	/** VACE's context for the chunk, [frames, 96, rows, columns], and how much it counts. */
	readonly vace?: { readonly context: Float32Array; readonly scale: number };
	/** How much keys of the past count, 0…1. */
	readonly bias?: number;
	/** Makes the first frame of the context anew from what was shown; without it, the stream's very first frame stays. */
	readonly anchor?: () => Float32Array | Promise<Float32Array>;
	/** Told of every pass. */
	readonly observe?: (step: Step) => void;
	readonly signal?: AbortSignal;
}

/** A pass that was made. */
export interface Step extends ForwardResult {
	readonly kind: Pass["kind"];
	readonly timestep: number;
	/** What went in. */
	readonly latents: Float32Array;
	/** What the model takes the clean latents for. */
	readonly clean: Float32Array;
}

/**
 * Makes a stream of latents chunk by chunk: noise, a few denoising steps, and a cache of the past.
 *
 * The loop of Self-Forcing (Huang et al. 2025, arXiv 2506.08009, algorithm 2) and of its descendants.
 */
export class Rollout {
	/** Latent frames made since the last reset, as the model counts them. */
	get frame(): number {
		return this.#frame;
	}
	readonly #dit: Dit;
	readonly #options: RolloutOptions;
	readonly #history: LatentHistory;
	#frame = 0;

	/** The transformer stays the caller's. */
	constructor(dit: Dit, options: RolloutOptions) {
		this.#dit = dit;
		this.#options = options;
		const frame = dit.frameLength;
		this.#history = new LatentHistory(frame, Math.max(options.recache ?? 0, (options.context ?? 0) - 1));
	}

	/** Whether the next chunk needs a reset before, because positions have run out. Never where the stream is endless. */
	get exhausted(): boolean {
		const { endless = true, chunk } = this.#options;
		return !endless && this.#frame >= HORIZON - chunk;
	}

	/** The latents of the next chunk, [frames, channels, rows, columns]. If it fails, or is ended, the next one begins anew. */
	async chunk(inputs: ChunkInputs): Promise<Float32Array> {
		try {
			return await this.#make(inputs);
		} catch (error) {
			this.reset();
			throw error;
		}
	}

	async #make(inputs: ChunkInputs): Promise<Float32Array> {
		const { schedule, clean, context = 0 } = this.#options;
		const noise = await inputs.noise(0);
		const frames = noise.length / this.#dit.frameLength;
		await this.#comeBack(frames);
		if (this.#frame > 0 && inputs.textChanged) await this.#recache(inputs);
		if (this.#frame > 0 && context > 0) await this.#remake(inputs);

		const start = context > 0 ? Math.min(this.#frame, context) : this.#frame;
		const { video, timesteps } = inputs;
		let x = video ? addNoise(video.latents, noise, video.noiseScale) : noise;
		for (const [i, timestep] of timesteps.entries()) {
			const pass: Pass = { start, frames, kind: "denoise", opens: i === 0 };
			const { clean } = await this.#pass(inputs, x, timestep, pass);
			const next = timesteps[i + 1];
			x = next === undefined ? clean : addNoise(clean, await inputs.noise(i + 1), schedule.sigma(next));
		}
		if (clean) await this.#pass(inputs, x, 0, { start, frames, kind: "clean" });
		this.#history.add(x);
		this.#frame += frames - (video && this.#frame === 0 && this.#options.overlapsVideo ? 1 : 0);
		return x;
	}

	/** Begins a new stream. */
	reset(): void {
		this.#dit.reset();
		this.#history.clear();
		this.#frame = 0;
	}

	/** Earlier frames once more, with the text that is new. Frames whose keys would not be kept are left out. */
	async #recache(inputs: ChunkInputs): Promise<void> {
		const { recache = 0 } = this.#options;
		const frames = Math.min(this.#frame, recache);
		if (frames === 0) return;
		const { skipped } = this.#dit.cache.plan({ start: this.#frame - frames, frames, kind: "recache" });
		const kept = frames - skipped;
		const pass: Pass = { start: this.#frame - kept, frames: kept, kind: "recache" };
		await this.#pass(inputs, this.#history.last(kept), 0, pass);
	}

	/** The cache anew, from the stream's first frame, or one that was made of it, and the last ones. */
	async #remake(inputs: ChunkInputs): Promise<void> {
		const { context = 0, chunk } = this.#options;
		const early = this.#frame - chunk < context;
		const anchor = early ? this.#history.first : ((await inputs.anchor?.()) ?? this.#history.first);
		const rest = this.#history.last(context - 1);
		const latents = new Float32Array(anchor.length + rest.length);
		latents.set(anchor);
		latents.set(rest, anchor.length);
		for (let start = 0; start < context; start += chunk) {
			const frames = Math.min(chunk, context - start);
			const part = latents.subarray(start * anchor.length, (start + frames) * anchor.length);
			await this.#pass(inputs, part, 0, { start, frames, kind: "context" });
		}
	}

	async #comeBack(frames: number): Promise<void> {
		const { endless = true, context = 0, sink = 0 } = this.#options;
		if (!endless || context > 0 || this.#dit.policy?.keys !== "turned") return;
		if (this.#dit.positionOf(this.#frame + frames) > HORIZON) await this.#dit.rebase(sink);
	}

	async #pass(inputs: ChunkInputs, latents: Float32Array, timestep: number, pass: Pass): Promise<Step> {
		const { text, keys, vace, bias, signal, textChanged = false } = inputs;
		const denoises = pass.kind === "denoise";
		const result = await this.#dit.forward({
			latents,
			timesteps: timestep,
			text,
			pass,
			...(keys ? { keys } : {}),
			newText: textChanged,
			...(denoises && vace ? { vace } : {}),
			...(denoises && bias !== undefined ? { bias } : {}),
			...(signal ? { signal } : {}),
		});
		const sigma = this.#options.schedule.sigma(timestep);
		const clean = this.#dit.predicts === "clean" ? result.flow : toClean(latents, result.flow, sigma);
		const step: Step = { ...result, kind: pass.kind, timestep, latents, clean };
		inputs.observe?.(step);
		return step;
	}
}
