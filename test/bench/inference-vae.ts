import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
	Engine,
	type Graph,
	type ModelOptions,
	Weights,
	type WrittenTensor,
	writeSafetensors,
} from "mutoscope/inference";
import { drawUmt5 } from "../../pipelines/wan/text/umt5/graph.ts";
import { openVae, type VaeType } from "../../pipelines/wan/vae/open.ts";
import { drawTaeDecoder, WAN_GROW } from "../../pipelines/wan/vae/tae/graphs.ts";
import { drawDecoder, drawEncoder } from "../../pipelines/wan/vae/wan/graphs.ts";
import { weight } from "../golden/recipe.ts";
import { taeShapes, umt5Shapes, wanVaeShapes } from "../pipelines/wan/shapes.ts";
import { type Shapes, writeSparse } from "../pipelines/wan/sparse.ts";
import type { Emit } from "./emit.ts";

const size = { width: 576, height: 320 };
const LATENTS = 2;

/** The autoencoders and the text encoder: what a latent frame costs, and what opening the full sizes does. */
export async function vaeFigures(emit: Emit): Promise<void> {
	const folder = await mkdtemp(join(tmpdir(), "mutoscope-"));
	try {
		await opening(emit, folder);
		await speed(emit, folder);
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

/** Processor milliseconds of something. */
async function processor(act: () => Promise<unknown>): Promise<number> {
	const before = process.cpuUsage();
	await act();
	const { user, system } = process.cpuUsage(before);
	return (user + system) / 1000;
}

async function speed(emit: Emit, folder: string): Promise<void> {
	await using engine = await Engine.open({ provider: "cpu", threads: 1 });
	const area = size.width * size.height;
	for (const [type, shapes] of [
		["tae", taeShapes()],
		["lightvae", wanVaeShapes({ dim: 24 })],
	] as const satisfies readonly (readonly [VaeType, Shapes])[]) {
		const tensors: Record<string, WrittenTensor> = {};
		for (const [name, shape] of shapes) tensors[name] = { dtype: "float32", shape, data: weight(name, shape) };
		const file = join(folder, `${type}.safetensors`);
		await writeSafetensors(file, tensors);
		await using vae = await openVae(engine, { type, weights: file, size });
		const latents = new Float32Array((LATENTS * 16 * area) / 64).map((_, i) => Math.sin(i));
		const pixels = new Float32Array(LATENTS * 4 * 3 * area).map((_, i) => Math.sin(i / 10));
		await vae.decode(latents);
		await vae.encode(pixels);
		const conditions = `${size.width}×${size.height}, fp32, 1 thread, processor time, ${LATENTS} at once`;
		const decode = (await processor(() => vae.decode(latents))) / LATENTS;
		const encode = (await processor(() => vae.encode(pixels))) / LATENTS;
		emit({ name: `${type} decode, a latent frame`, value: decode, unit: "ms", conditions });
		emit({ name: `${type} encode, a latent frame`, value: encode, unit: "ms", conditions });
	}
}

async function opening(emit: Emit, folder: string): Promise<void> {
	const large: ModelOptions = { optimise: "basic", prepack: false };
	const common = { size, dtype: "float32", starts: false } as const;
	const cases: [string, Shapes, (weights: Weights) => Graph, ModelOptions][] = [
		["Wan's decoder", wanVaeShapes(), (w) => drawDecoder(w, { ...common, output: "rgba" }).graph, large],
		["Wan's encoder", wanVaeShapes(), (w) => drawEncoder(w, common).graph, large],
		["LightVAE's decoder", wanVaeShapes({ dim: 24 }), (w) => drawDecoder(w, { ...common, output: "rgba" }).graph, {}],
		[
			"the tiny decoder",
			taeShapes(),
			(w) => drawTaeDecoder(w, { ...common, output: "rgba", normalise: false, grow: WAN_GROW }).graph,
			{},
		],
		["UMT5-XXL", umt5Shapes(), (w) => drawUmt5(w, { dtype: "float32" }), { optimise: "none", prepack: false }],
	];
	await using engine = await Engine.open({ provider: "cpu", threads: 1 });
	for (const [name, shapes, draw, options] of cases) {
		const file = join(folder, "sparse.safetensors");
		await writeSparse(file, shapes, () => (name === "UMT5-XXL" ? "bfloat16" : "float32"));
		globalThis.gc?.();
		const before = process.memoryUsage().rss;
		const time = await processor(async () => {
			await using model = await engine.model(draw(await Weights.open(file)), options);
			const rss = (process.memoryUsage().rss - before) / 2 ** 20;
			const conditions = `full size, sparse file, CPU provider, ${model.inputs.size} inputs`;
			emit({ name: `opening ${name}, memory`, value: Math.max(0, rss), unit: "MiB", limit: 300, conditions });
		});
		emit({
			name: `opening ${name}`,
			value: time,
			unit: "ms",
			limit: 1000,
			conditions: "full size, sparse file, CPU provider, processor time",
		});
	}
}
