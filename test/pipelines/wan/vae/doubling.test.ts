import type { Tensor } from "mutoscope/inference";
import { expect, test } from "vitest";
import { drawTaeDecoder, WAN_GROW } from "../../../../pipelines/wan/vae/tae/graphs.ts";
import { input } from "../../../golden/recipe.ts";
import { apart } from "../dit/open.ts";
import { cpu } from "../engine.ts";
import { taeShapes } from "../shapes.ts";
import { madeWeights } from "../weights.ts";

test("what is done before pictures are doubled comes out as if it were done after, to the edges", async () => {
	const engine = await cpu();
	const weights = await madeWeights(taeShapes({ encoder: 4, decoder: [12, 8, 6, 5] }));
	using latents = engine.tensor("float32", [2, 16, 3, 4], input("latents", [2, 16, 3, 4]));
	const frames = async (early: boolean) => {
		const size = { width: 32, height: 24 };
		const options = { size, dtype: "float32", normalise: false, grow: WAN_GROW, output: "raw", early } as const;
		const { graph, memories } = drawTaeDecoder(weights, options);
		await using model = await engine.model(graph);
		const past = memories.map(({ name, shape }) => [`past/${name}`, engine.tensor("float32", shape)] as const);
		const outputs = await model.run({ latents, ...Object.fromEntries(past) });
		const made = ((outputs.frames as Tensor).data as Float32Array).slice();
		for (const tensor of [...Object.values(outputs), ...past.map(([, tensor]) => tensor)]) tensor.dispose();
		return made;
	};
	const late = await frames(false);
	expect(late.length).toBe(8 * 3 * 24 * 32);
	const most = late.reduce((peak, value) => Math.max(peak, Math.abs(value)), 0);
	expect(apart(await frames(true), late)).toBeLessThan(1e-5 * most);
});
