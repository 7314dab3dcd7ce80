import type { Engine } from "mutoscope/inference";
import { Dit } from "../../../pipelines/wan/dit/dit.ts";
import type { TextKeys } from "../../../pipelines/wan/dit/text-keys.ts";
import type { Pass } from "../../../pipelines/wan/policy/plan.ts";
import { Rollout, type Step } from "../../../pipelines/wan/rollout.ts";
import { addNoise, toClean } from "../../../pipelines/wan/schedule.ts";
import { videoSteps } from "../../../pipelines/wan/schedule-steps.ts";
import { type CaseFolder, type CaseKind, FREE, SINGLE } from "../case.ts";
import { type Compared, compare, same } from "../compare.ts";
import { compareCaches } from "./caches.ts";
import { joined } from "./parts.ts";
import { type RolloutConfig, rolloutOf, rolloutSchema } from "./rollout-config.ts";
import { ditConfig, latentSize } from "./wan-config.ts";

type Block = RolloutConfig["blocks"][number];

/**
 * A pipeline's rollout, text-driven or video-driven, twice: with the stored inputs of every pass (`stored/…`), and free, each
 * chunk from what we made before (`free/…`).
 */
export const kind: CaseKind = {
	name: "rollout",
	matches: (config) => rolloutSchema.safeParse(config).success,
	async *run(folder, engine) {
		const config = folder.read(rolloutSchema);
		yield* withDit(folder, engine, config, storedPasses);
		yield* withDit(folder, engine, config, freeRun);
	},
};

/** What a case is run with. */
interface Stage {
	readonly folder: CaseFolder;
	readonly engine: Engine;
	readonly config: RolloutConfig;
	readonly dit: Dit;
	readonly texts: Texts;
}

type Run = (stage: Stage) => AsyncIterable<Compared>;

async function* withDit(folder: CaseFolder, engine: Engine, config: RolloutConfig, run: Run): AsyncIterable<Compared> {
	const { policy } = rolloutOf(config);
	const weights = await folder.weights();
	const options = { config: ditConfig(config), weights, size: latentSize(config), policy, spare: true };
	await using dit = new Dit(engine, options);
	using texts = new Texts(folder, config, dit);
	yield* run({ folder, engine, config, dit, texts });
}

/** Every pass with the inputs that are stored; caches come from these alone. */
async function* storedPasses({ folder, engine, config, dit, texts }: Stage): AsyncIterable<Compared> {
	const { schedule, chunk, context = 0 } = rolloutOf(config).options;
	let text: TextKeys | undefined;
	for (const block of config.blocks) {
		const name = (part: string) => `b${block.block}_${part}`;
		const newText = texts.changesAt(block.block);
		text = await texts.at(block.block);
		const timesteps = stepsOf(block);
		const frames = block.num_frames;
		for (let i = 0; i < block.pre_passes; i++) {
			const latents = folder.floats(name(`pre${i}_x`));
			const frames = latents.length / dit.frameLength;
			const start = (block.current_start_tokens[i] as number) / config.tokens_per_frame;
			const passes: readonly Pass[] = context > 0 ? contextPasses(frames, chunk) : [{ start, frames, kind: "recache" }];
			const flows: Float32Array[] = [];
			for (const pass of passes) {
				const at = context > 0 ? pass.start : 0;
				const part = latents.subarray(at * dit.frameLength, (at + pass.frames) * dit.frameLength);
				flows.push((await dit.forward({ latents: part, timesteps: 0, text, pass, newText })).flow);
			}
			yield compare(`stored/${name(`pre${i}_flow`)}`, joined(flows), folder.tensor(name(`pre${i}_flow`)), SINGLE);
		}
		const start = (block.current_start_tokens[block.pre_passes] as number) / config.tokens_per_frame;
		for (const [i, t] of timesteps.entries()) {
			const before = name(`s${i - 1}`);
			const x =
				i === 0
					? folder.floats(folder.has(name("x_in")) ? name("x_in") : name("noise_init"))
					: addNoise(folder.floats(`${before}_x0`), folder.floats(`${before}_renoise`), schedule.sigma(t));
			const bias = config.kv_cache_attention_bias;
			const pass = { start, frames, kind: "denoise" as const, opens: i === 0 };
			const { flow } = await dit.forward({ latents: x, timesteps: t, text, pass, bias, newText });
			const x0 = toClean(x, flow, schedule.sigma(t));
			yield compare(`stored/${name(`s${i}_x0`)}`, x0, folder.tensor(name(`s${i}_x0`)), SINGLE);
			const stored = name(`s${i}_flow`);
			if (folder.has(stored)) yield compare(`stored/${stored}`, flow, folder.tensor(stored), SINGLE);
		}
		if (block.clean_passes > 0) {
			const latents = folder.floats(name(`s${timesteps.length - 1}_x0`));
			const { flow } = await dit.forward({
				latents,
				timesteps: 0,
				text,
				pass: { start, frames, kind: "clean" },
				newText,
			});
			const stored = name("clean_flow");
			if (folder.has(stored)) yield compare(`stored/${stored}`, flow, folder.tensor(stored), SINGLE);
		}
		yield same(`${name("global_end")}`, dit.cache.ends.global * config.tokens_per_frame, block.global_end);
		yield same(`${name("local_end")}`, dit.cache.ends.local * config.tokens_per_frame, block.local_end);
	}
	if (text) yield* compareCaches(folder, engine, dit, text);
}

/** The loop as it is played, from the stored noise, videos and anchors. */
async function* freeRun({ folder, engine, config, dit, texts }: Stage): AsyncIterable<Compared> {
	const rollout = new Rollout(dit, rolloutOf(config).options);
	const { noise_scale: noiseScale, denoising_step_list: steps } = config;
	let text: TextKeys | undefined;
	for (const block of config.blocks) {
		const name = (part: string) => `b${block.block}_${part}`;
		const textChanged = texts.changesAt(block.block);
		text = await texts.at(block.block);
		const timesteps = noiseScale === undefined ? steps : videoSteps(steps, noiseScale);
		const observed: Step[] = [];
		yield same(`${name("current_start_frame")}`, rollout.frame, block.current_start_frame);
		await rollout.chunk({
			text,
			textChanged,
			timesteps,
			noise: (draw) => folder.floats(draw === 0 ? name("noise_init") : name(`s${draw - 1}_renoise`)),
			...(noiseScale === undefined ? {} : { video: { latents: folder.floats(name("encoded")), noiseScale } }),
			bias: config.kv_cache_attention_bias,
			anchor: () => folder.floats(name("pre0_x")).slice(0, dit.frameLength),
			observe: (step) => void observed.push(step),
		});
		const passes = asOnePass(observed);
		yield compare(
			name("timesteps"),
			passes.map(({ timestep }) => timestep),
			block.timesteps,
			0,
		);
		for (const pass of passes) yield* comparePass(folder, block, pass, passes);
	}
	if (!text) return;
	for await (const { output, ...rest } of compareCaches(folder, engine, dit, text, FREE))
		yield { output: `free/${output}`, ...rest };
}

function* comparePass(folder: CaseFolder, block: Block, pass: Step, passes: readonly Step[]): Iterable<Compared> {
	const name = (part: string) => `b${block.block}_${part}`;
	const step = passes.filter(({ kind }) => kind === "denoise").indexOf(pass);
	const check = function* (stored: string, ours: Float32Array): Iterable<Compared> {
		if (!folder.has(stored)) return;
		// Of frames that pass again only those are run whose keys are kept: the last ones.
		yield compare(`free/${stored}`, ours, folder.floats(stored).subarray(-ours.length), FREE);
	};
	if (pass.kind === "recache" || pass.kind === "context") {
		yield* check(name("pre0_x"), pass.latents);
		yield* check(name("pre0_flow"), pass.flow);
	} else if (pass.kind === "clean") yield* check(name("clean_flow"), pass.flow);
	else {
		if (step === 0) yield* check(name("x_in"), pass.latents);
		yield* check(name(`s${step}_flow`), pass.flow);
		yield* check(name(`s${step}_x0`), pass.clean);
	}
}

/** The passes over a context, which the reference makes in one with a mask, chunk by chunk. */
function contextPasses(frames: number, chunk: number): readonly Pass[] {
	const starts = Array.from({ length: Math.ceil(frames / chunk) }, (_, i) => i * chunk);
	return starts.map((start) => ({ start, frames: Math.min(chunk, frames - start), kind: "context" }));
}

/** Passes over a context as the one that the reference makes. */
function asOnePass(passes: readonly Step[]): readonly Step[] {
	const [context, ...more] = passes.filter(({ kind }) => kind === "context");
	if (!context || more.length === 0) return passes;
	const all = [context, ...more];
	const latents = joined(all.map((pass) => pass.latents));
	const flow = joined(all.map((pass) => pass.flow));
	return [{ ...context, latents, flow }, ...passes.filter(({ kind }) => kind !== "context")];
}

/** The timesteps of a block's denoising steps. */
function stepsOf({ timesteps, pre_passes, clean_passes }: Block): readonly number[] {
	return timesteps.slice(pre_passes, timesteps.length - clean_passes);
}

/** The prompts of a rollout, read when their block comes. */
class Texts implements Disposable {
	readonly #folder: CaseFolder;
	readonly #schedule: Readonly<Record<string, string>>;
	readonly #dit: Dit;
	#text: TextKeys | undefined;

	constructor(folder: CaseFolder, { prompt_schedule }: RolloutConfig, dit: Dit) {
		this.#folder = folder;
		this.#schedule = prompt_schedule;
		this.#dit = dit;
	}

	changesAt(block: number): boolean {
		return this.#schedule[block] !== undefined;
	}

	async at(block: number): Promise<TextKeys> {
		const prompt = this.#schedule[block];
		if (prompt !== undefined) {
			this.#text?.[Symbol.dispose]();
			this.#text = await this.#dit.read(this.#folder.floats(`context_${prompt}`));
		}
		if (!this.#text) throw new Error(`block ${block} has no prompt`);
		return this.#text;
	}

	[Symbol.dispose](): void {
		this.#text?.[Symbol.dispose]();
	}
}
