import * as z from "zod";
import { Dit } from "../../../pipelines/wan/dit/dit.ts";
import { swapAxes } from "../../../pipelines/wan/dit/patches.ts";
import { Positions, sinusoid } from "../../../pipelines/wan/dit/positions.ts";
import { type CaseFolder, type CaseKind, SINGLE } from "../case.ts";
import { type Compared, compare } from "../compare.ts";
import { joined, part } from "./parts.ts";
import { ditConfig, latentSize, wanSchema } from "./wan-config.ts";

const schema = wanSchema.extend({ model: z.literal("WanModel") });

/** What lies between, by the names of the stored tensors: our tap, for one sample. */
const TAPS: Readonly<Record<string, string>> = { patch_tokens: "patch_embedding", head_out: "head" };

/** One pass of Wan's own transformer, every token seeing every other; the samples of a batch one after another. */
export const kind: CaseKind = {
	name: "dit",
	matches: (config) => schema.safeParse(config).success,
	async *run(folder, engine) {
		const raw = folder.read(schema);
		const config = ditConfig(raw);
		const size = latentSize(raw);
		const [batch = 1, channels = 0, frames = 0] = folder.tensor("x").shape;
		const timesteps = folder.numbers("t");
		const x = folder.floats("x");
		const context = folder.floats("context");
		const names = folder.names.filter((name) => tapOf(name) !== undefined);
		const taps = new Set(names.map((name) => tapOf(name) as string));
		await using dit = new Dit(engine, { config, weights: await folder.weights(), size, taps });
		const out: Float32Array[] = [];
		const between = new Map<string, Float32Array[]>();
		for (let sample = 0; sample < batch; sample++) {
			using text = await dit.read(part(context, sample, batch));
			const latents = swapAxes(part(x, sample, batch), channels, frames);
			const timestep = timesteps[sample] as number;
			const { flow, taps } = await dit.forward({ latents, timesteps: timestep, text });
			out.push(swapAxes(flow, frames, config.outChannels));
			for (const [tap, value] of Object.entries({ ...text.taps, ...taps })) {
				between.set(tap, [...(between.get(tap) ?? []), value]);
			}
		}
		yield compare("out", joined(out), folder.tensor("out"), SINGLE);
		for (const name of names) {
			const values = joined(between.get(tapOf(name) as string) ?? []);
			yield compare(name, values, folder.tensor(name), SINGLE, { relative: "peak" });
		}
		yield compare("sinusoid", sinusoid(timesteps, config.frequencies), folder.tensor("sinusoid"), SINGLE);
		yield* ropeTables(folder, config.dim / config.heads);
	},
};

function tapOf(name: string): string | undefined {
	const known = { ...TAPS, time_emb: "time.embedding", time_proj: "time.modulation", context_emb: "text_embedding" }[
		name
	];
	const layer = /^block(\d+)_(out|self_attn_out|cross_attn_out)$/.exec(name);
	if (!layer) return known;
	return layer[2] === "out" ? `blocks.${layer[1]}` : `blocks.${layer[1]}.${layer[2]?.slice(0, -"_out".length)}`;
}

/** The stored tables have a row for each of the first positions, and the three axes side by side. */
function* ropeTables(folder: CaseFolder, depth: number): Iterable<Compared> {
	const [length = 0] = folder.tensor("rope_cos").shape;
	const side = Math.floor(depth / 6);
	const time = depth / 2 - 2 * side;
	const positions = new Positions(depth, { rows: 2 * length, columns: 2 * length }, 2);
	for (const part of ["cos", "sin"] as const) {
		const ours = new Float32Array((length * depth) / 2);
		for (let p = 0; p < length; p++) {
			// The token at row p and column p of frame p has position p on each axis.
			const token = positions.of([p])[part].subarray((p * length + p) * (depth / 2));
			ours.set(token.subarray(0, time + 2 * side), (p * depth) / 2);
		}
		yield compare(`rope_${part}`, ours, folder.tensor(`rope_${part}`), SINGLE);
	}
}
