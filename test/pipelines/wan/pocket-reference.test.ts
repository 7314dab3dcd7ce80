import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Weights } from "mutoscope/inference";
import { expect, test } from "vitest";
import { readConfig } from "../../../pipelines/wan/dit/config-file.ts";
import { Dit } from "../../../pipelines/wan/dit/dit.ts";
import type { StampKeys } from "../../../pipelines/wan/dit/stamp.ts";
import { makingOf } from "../../../pipelines/wan/making.ts";
import { layersOf } from "../../../pipelines/wan/models.ts";
import { Rollout } from "../../../pipelines/wan/rollout.ts";
import { timestepsOf } from "../../../pipelines/wan/schedule-steps.ts";
import { Umt5Encoder } from "../../../pipelines/wan/text/umt5/encoder.ts";
import { VARIANTS } from "../../../pipelines/wan/variants.ts";
import { FREE } from "../../golden/case.ts";
import { compare, isRight } from "../../golden/compare.ts";
import { readStored, type Stored } from "../../golden/safetensors.ts";
import { cpu } from "./engine.ts";

/*
 * What the trainer in PyTorch makes of Pocket, chunk after chunk: `case.safetensors` with `ids` int64 [24], `keys` [4],
 * `noise.<chunk>.<draw>` and `latents.<chunk>` [1, 16, rows, columns], and, if it is guided at 1, `context.<chunk>`
 * [1, 96, rows, columns]; in fp32 with the weights as they are exported. These lie in `model/`, or are the ones that are shipped.
 */
const FOLDER = fileURLToPath(new URL("../../golden/pocket/", import.meta.url));
const SHIPPED = fileURLToPath(new URL("../../../pipelines/wan/pocket/", import.meta.url));

test.skipIf(!existsSync(`${FOLDER}case.safetensors`))("Pocket makes the latents that its trainer makes", async () => {
	const stored = await readStored(`${FOLDER}case.safetensors`);
	const floats = (name: string) => tensor(stored, name).data as Float32Array;
	const model = existsSync(`${FOLDER}model`) ? `${FOLDER}model/` : SHIPPED;
	const variant = VARIANTS.find(({ id }) => id === "pocket") as (typeof VARIANTS)[number];
	const engine = await cpu();
	const config = await readConfig(`${model}config.json`);
	const making = makingOf(variant, config.window);
	const [, , rows = 0, columns = 0] = tensor(stored, "noise.0.0").shape;
	const weights = await Weights.open(`${model}transformer.safetensors`);
	const size = { rows, columns };
	const branch = stored.has("context.0") ? await Weights.open(`${model}vace.safetensors`) : undefined;
	const vace = branch && { weights: branch, layers: layersOf(branch, config.layers) };
	const own = { precision: "double", padded: false, shortens: false } as const;
	await using dit = new Dit(engine, { config, weights, size, policy: making.policy, ...own, ...(vace && { vace }) });
	await using encoder = await Umt5Encoder.open(engine, `${model}text-encoder.safetensors`);
	const ids = tensor(stored, "ids").data as BigInt64Array;
	const length = ids.length;
	const embeddings = await encoder.encode({ ids, lengths: [ids.findLastIndex((id) => id !== 0n) + 1], length });
	using text = await dit.read(embeddings.data);
	const rollout = new Rollout(dit, making.rollout);
	const keys = Array.from(floats("keys")) as unknown as StampKeys;
	const timesteps = timestepsOf(variant.text.steps, making.rollout.schedule);
	for (let chunk = 0; stored.has(`latents.${chunk}`); chunk++) {
		const noise = (draw: number) => floats(`noise.${chunk}.${draw}`);
		const guided = vace && { vace: { context: floats(`context.${chunk}`), scale: 1 } };
		const latents = await rollout.chunk({ text, keys, timesteps, noise, ...guided });
		const compared = compare(`chunk ${chunk}`, latents, floats(`latents.${chunk}`), FREE, { relative: "peak" });
		expect(isRight(compared), JSON.stringify(compared)).toBe(true);
	}
});

function tensor(stored: ReadonlyMap<string, Stored>, name: string): Stored {
	const found = stored.get(name);
	if (!found) throw new Error(`the case has no ${name}`);
	return found;
}
