import * as z from "zod";
import { addNoise, Schedule, toClean } from "../../../pipelines/wan/schedule.ts";
import { firstStepOf, timestepsOf } from "../../../pipelines/wan/schedule-steps.ts";
import type { CaseFolder, CaseKind } from "../case.ts";
import { type Compared, compare } from "../compare.ts";

const schema = z.object({
	num_train_timesteps: z.literal(1000),
	sigma_min: z.literal(0),
	sigma_max: z.literal(1),
	extra_one_step: z.literal(true),
	shifts: z.array(z.number()),
	lists: z.record(z.string(), z.array(z.number())),
});

/** Tables and look-ups of the noise schedule, both ways of reading steps, re-noising, and the step of a noise scale. */
export const kind: CaseKind = {
	name: "schedulers",
	matches: (config) => schema.safeParse(config).success,
	async *run(folder) {
		const { shifts, lists } = folder.read(schema);
		for (const shift of shifts) {
			const schedule = new Schedule(shift);
			const steps = Array.from({ length: 1001 }, (_, step) => step);
			const stored = (name: string) => folder.tensor(`shift${shift}_${name}`);
			const table = (name: string, ours: ArrayLike<number>) =>
				compare(`shift${shift}_${name}`, ours, stored(name), 1e-7, { relative: "each" });
			yield table("sigmas", schedule.sigmas);
			yield table("timesteps", schedule.timesteps);
			yield compare(
				`shift${shift}_index_for_int_t`,
				steps.map((step) => schedule.row(step)),
				stored("index_for_int_t"),
				0,
			);
			yield table(
				"sigma_for_int_t",
				steps.map((step) => schedule.sigma(step)),
			);
			for (const [name, list] of Object.entries(lists)) {
				yield table(`warped_${name}`, timestepsOf(list, schedule, true));
			}
		}
		yield* conversions(folder, "int");
		yield* conversions(folder, "frac");
		yield compare(
			"first_step_for_noise_scale",
			folder.numbers("noise_scale_values").map(firstStepOf),
			folder.tensor("first_step_for_noise_scale"),
			0,
		);
	},
};

/** Noise laid over, and taken away again by a flow: one timestep a frame. The stored samples were made with shift 5. */
function* conversions(folder: CaseFolder, name: "int" | "frac"): Generator<Compared> {
	const schedule = new Schedule(5);
	const clean = folder.floats("sample_x0");
	const noise = folder.floats("sample_noise");
	const flow = folder.floats("sample_flow");
	const noisy = folder.floats(`add_noise_${name}`);
	const timesteps = folder.numbers(`add_noise_t_${name}`);
	const size = clean.length / timesteps.length;
	const perFrame = (make: (frame: (of: Float32Array) => Float32Array, sigma: number) => Float32Array) =>
		timesteps.flatMap((timestep, i) =>
			Array.from(make((of) => of.subarray(i * size, (i + 1) * size), schedule.sigma(timestep))),
		);
	yield compare(
		`add_noise_${name}`,
		perFrame((frame, sigma) => addNoise(frame(clean), frame(noise), sigma)),
		noisy,
		1e-6,
	);
	yield compare(
		`x0_from_flow_${name}`,
		perFrame((frame, sigma) => toClean(frame(noisy), frame(flow), sigma)),
		folder.tensor(`x0_from_flow_${name}`),
		1e-6,
	);
}
