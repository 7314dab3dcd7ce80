import * as z from "zod";
import { Dit } from "../../../pipelines/wan/dit/dit.ts";
import { swapAxes } from "../../../pipelines/wan/dit/patches.ts";
import { type CaseKind, SINGLE } from "../case.ts";
import { compare } from "../compare.ts";
import { joined, part } from "./parts.ts";
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
		const [batch = 1, channels = 0, frames = 0] = folder.tensor("x").shape;
		const [, contextChannels = 0, contextFrames = 0] = folder.tensor("vace_context").shape;
		const found = new Map<string, Float32Array[]>();
		const put = (name: string, value: Float32Array) => void found.set(name, [...(found.get(name) ?? []), value]);
		for (let sample = 0; sample < batch; sample++) {
			const own = (name: string) => part(folder.floats(name), sample, batch);
			using text = await dit.read(own("context"));
			const latents = swapAxes(own("x"), channels, frames);
			const context = swapAxes(own("vace_context"), contextChannels, contextFrames);
			const timesteps = folder.numbers("t")[sample] as number;
			let told = false;
			for (const name of folder.names.filter((name) => name.startsWith("out_scale"))) {
				const scale = Number(name.slice("out_scale".length));
				const { flow, taps } = await dit.forward({ latents, timesteps, text, vace: { context, scale } });
				put(name, swapAxes(flow, frames, config.outChannels));
				if (told || scale === 0) continue;
				told = true;
				for (const [i, layer] of raw.vace_layers.entries()) put(`hint${i}`, taps[`hint.${layer}`] as Float32Array);
			}
		}
		for (const [name, values] of found) yield compare(name, joined(values), folder.tensor(name), SINGLE);
	},
};
