import * as z from "zod";
import { Dit } from "../../../pipelines/wan/dit/dit.ts";
import { swapAxes } from "../../../pipelines/wan/dit/patches.ts";
import { type CaseKind, SINGLE } from "../case.ts";
import { compare } from "../compare.ts";
import { ditConfig, latentSize, wanSchema } from "./wan-config.ts";

const schema = wanSchema.extend({
	model: z.literal("VaceWanModel"),
	vace_layers: z.array(z.int()),
	vace_in_dim: z.literal(96),
	scales: z.array(z.number()),
});

/** VACE as its makers run it: one pass over a whole clip, with hints at several scales. */
export const kind: CaseKind = {
	name: "vace",
	matches: (config) => schema.safeParse(config).success,
	async *run(folder, engine) {
		const raw = folder.read(schema);
		const config = ditConfig(raw);
		const weights = await folder.weights();
		const taps = new Set(raw.vace_layers.map((layer) => `hint.${layer}`));
		const vace = { weights, layers: raw.vace_layers };
		await using dit = new Dit(engine, { config, weights, size: latentSize(raw), vace, taps, precision: "double" });
		using text = await dit.read(folder.floats("context"));
		const [, channels = 0, frames = 0] = folder.tensor("x").shape;
		const [, contextChannels = 0, contextFrames = 0] = folder.tensor("vace_context").shape;
		const latents = swapAxes(folder.floats("x"), channels, frames);
		const context = swapAxes(folder.floats("vace_context"), contextChannels, contextFrames);
		const timesteps = folder.numbers("t");
		let told = false;
		for (const name of folder.names.filter((name) => name.startsWith("out_scale"))) {
			const scale = Number(name.slice("out_scale".length));
			const { flow, taps } = await dit.forward({ latents, timesteps, text, vace: { context, scale } });
			yield compare(name, swapAxes(flow, frames, config.outChannels), folder.tensor(name), SINGLE);
			if (told || scale === 0) continue;
			told = true;
			for (const [i, layer] of raw.vace_layers.entries()) {
				yield compare(`hint${i}`, taps[`hint.${layer}`] ?? [], folder.tensor(`hint${i}`), SINGLE);
			}
		}
	},
};
