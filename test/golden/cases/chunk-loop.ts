import * as z from "zod";
import { Dit } from "../../../pipelines/wan/dit/dit.ts";
import type { TextKeys } from "../../../pipelines/wan/dit/text-keys.ts";
import { sliding } from "../../../pipelines/wan/policy/sliding.ts";
import { Rollout, type Step } from "../../../pipelines/wan/rollout.ts";
import { addNoise, Schedule, toClean } from "../../../pipelines/wan/schedule.ts";
import { timestepsOf } from "../../../pipelines/wan/schedule-steps.ts";
import { type CaseFolder, type CaseKind, FREE, SINGLE } from "../case.ts";
import { type Compared, compare } from "../compare.ts";
import { compareCaches } from "./caches.ts";
import { ditConfig, latentSize, wanSchema } from "./wan-config.ts";

const schema = wanSchema.extend({
	local_attn_size: z.int(),
	sink_size: z.int().default(0),
	cache_frames: z.int(),
	num_frame_per_block: z.int(),
	chunks: z.int(),
	denoising_step_list_config: z.array(z.number()),
	warp_denoising_step: z.boolean(),
	timestep_shift: z.number(),
	context_noise: z.number(),
});

type Config = z.output<typeof schema>;

/** Self-Forcing's whole loop: with the stored inputs of every step (`stored/…`), and free. */
export const kind: CaseKind = {
	name: "chunk-loop",
	matches: (config) => schema.safeParse(config).success,
	async *run(folder, engine) {
		const config = folder.read(schema);
		const schedule = new Schedule(config.timestep_shift);
		const steps = timestepsOf(config.denoising_step_list_config, schedule, config.warp_denoising_step);
		yield compare("denoising_step_list", steps, folder.tensor("denoising_step_list"), SINGLE);
		yield compare("sigmas", schedule.sigmas, folder.tensor("sigmas"), SINGLE);
		yield compare("timesteps", schedule.timesteps, folder.tensor("timesteps"), SINGLE);
		const attend = config.local_attn_size < 0 ? config.cache_frames : config.local_attn_size;
		const policy = sliding({ window: config.cache_frames, sink: config.sink_size, attend });
		const parts = { config: ditConfig(config), weights: await folder.weights(), size: latentSize(config), policy };
		await using dit = new Dit(engine, parts);
		using text = await dit.read(folder.floats("context"));
		yield* storedSteps(folder, config, dit, { text, steps, schedule });
		dit.reset();
		yield* freeRun(folder, config, dit, { text, steps, schedule });
		yield* compareCaches(folder, engine, dit, text, FREE);
	},
};

interface Parts {
	readonly text: TextKeys;
	readonly steps: readonly number[];
	readonly schedule: Schedule;
}

/** Steps whose inputs are stored, or follow from what is stored, on caches made of the stored latents. */
async function* storedSteps(
	folder: CaseFolder,
	config: Config,
	dit: Dit,
	{ text, steps, schedule }: Parts,
): AsyncIterable<Compared> {
	const frames = config.num_frame_per_block;
	for (let c = 0; c < config.chunks; c++) {
		const start = c * frames;
		for (const [i, t] of steps.entries()) {
			const name = (part: string) => `c${c}_s${i}_${part}`;
			if (!folder.has(name("flow"))) continue;
			const before = `c${c}_s${i - 1}`;
			if (!folder.has(name("x")) && !folder.has(`${before}_x0`)) continue;
			const x = folder.has(name("x"))
				? folder.floats(name("x"))
				: addNoise(folder.floats(`${before}_x0`), folder.floats(`${before}_renoise`), schedule.sigma(t));
			const { flow } = await dit.forward({ latents: x, timesteps: t, text, pass: { start, frames, kind: "denoise" } });
			yield compare(`stored/${name("flow")}`, flow, folder.tensor(name("flow")), SINGLE);
			yield compare(`stored/${name("x0")}`, toClean(x, flow, schedule.sigma(t)), folder.tensor(name("x0")), SINGLE);
		}
		const latents = part(folder, "latents", start, frames);
		await dit.forward({ latents, timesteps: config.context_noise, text, pass: { start, frames, kind: "clean" } });
	}
}

/** The loop from the stored noise. */
async function* freeRun(
	folder: CaseFolder,
	config: Config,
	dit: Dit,
	{ text, steps, schedule }: Parts,
): AsyncIterable<Compared> {
	const { num_frame_per_block: chunk, sink_size: sink, context_noise: noise } = config;
	// Ours closes chunks at timestep 0; for another the closing pass is made here.
	const rollout = new Rollout(dit, { schedule, chunk, clean: noise === 0, sink });
	const latents: number[] = [];
	for (let c = 0; c < config.chunks; c++) {
		const passes: Step[] = [];
		const made = await rollout.chunk({
			text,
			timesteps: steps,
			noise: (draw) =>
				draw === 0 ? part(folder, "noise", c * chunk, chunk) : folder.floats(`c${c}_s${draw - 1}_renoise`),
			observe: (step) => void passes.push(step),
		});
		for (const value of made) latents.push(value);
		const pass = { start: c * chunk, frames: chunk, kind: "clean" } as const;
		if (noise !== 0) await dit.forward({ latents: made, timesteps: noise, text, pass });
		for (const [i, step] of passes.entries()) {
			for (const [what, ours] of Object.entries({ x: step.latents, flow: step.flow, x0: step.clean })) {
				const name = `c${c}_s${i}_${what}`;
				if (folder.has(name)) yield compare(`free/${name}`, ours, folder.tensor(name), FREE);
			}
		}
	}
	yield compare("latents", latents, folder.tensor("latents"), FREE);
}

/** Frames of a stored tensor [1, frames, …]. */
function part(folder: CaseFolder, name: string, start: number, frames: number): Float32Array {
	const data = folder.floats(name);
	const size = data.length / (folder.tensor(name).shape[1] as number);
	return data.slice(start * size, (start + frames) * size);
}
