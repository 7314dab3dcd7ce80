import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Engine, Weights } from "mutoscope/inference";
import * as z from "zod";
import { Dit } from "../../../pipelines/wan/dit/dit.ts";
import { swapAxes } from "../../../pipelines/wan/dit/patches.ts";
import { type Adapter, readAdapter } from "../../../pipelines/wan/lora/adapter.ts";
import { merged, type ScaledAdapter } from "../../../pipelines/wan/lora/merge.ts";
import { LoraStack } from "../../../pipelines/wan/lora/stack.ts";
import { type CaseFolder, type CaseKind, SINGLE } from "../case.ts";
import { type Compared, compare } from "../compare.ts";
import { ditConfig, latentSize, wanSchema } from "./wan-config.ts";

const schema = wanSchema.extend({
	formats: z.record(z.string(), z.object({ matched: z.int().optional(), alpha: z.number().optional() })),
	rank: z.int(),
});

/** Limit of effective weights. */
const WEIGHTS = 1e-5;

/**
 * Adapters of every format over one pass of the transformer, each merged and, on a stack that stays while its scales turn,
 * at run time. α is passed over where Scope does. Where Scope knew none of a file's keys nothing was laid over; ours does
 * know them, so that there the stored output is compared with that of no adapter.
 */
export const kind: CaseKind = {
	name: "lora",
	matches: (config) => schema.safeParse(config).success,
	async *run(folder, engine) {
		const { formats } = folder.read(schema);
		const base = await folder.weights();
		const adapters = new Map<string, Adapter>();
		for (const [format, { matched, alpha }] of Object.entries(formats)) {
			if (matched === 0) continue;
			const options = { compatIgnoreAlpha: true, ...(alpha === undefined ? {} : { alpha }) };
			adapters.set(format, await readAdapter(folder.file(`lora_${format}.safetensors`), base, options));
		}
		const home = await mkdtemp(join(tmpdir(), "golden-lora-"));
		try {
			const merge = (scaled: readonly ScaledAdapter[]) => merged(base, scaled, { engine, folder: home });
			await using live = await Live.open(folder, engine, base);
			for (const output of folder.names.filter((name) => /_out|^out_base$/.test(name))) {
				const scaled = scaledOf(output, adapters);
				const expected = folder.tensor(output);
				yield compare(output, await pass(folder, engine, await merge(scaled)), expected, SINGLE);
				yield compare(`${output}:runtime`, await live.pass(scaled), expected, SINGLE);
			}
			yield* weightsOf(folder, adapters, merge);
		} finally {
			await rm(home, { recursive: true });
		}
	},
};

/** Which adapters made a stored output, and how strong: told by its name. */
function scaledOf(output: string, adapters: ReadonlyMap<string, Adapter>): readonly ScaledAdapter[] {
	const [, first, second] = /^two_adapters_(-?[\d.]+)_(-?[\d.]+)_out$/.exec(output) ?? [];
	const list: (readonly [string, string | undefined])[] = second
		? [
				["aitoolkit", first],
				["kohya", second],
			]
		: [[output.replace(/_out.*$/, ""), /_scale(-?[\d.]+)$/.exec(output)?.[1]]];
	return list.flatMap(([format, scale]) => {
		const adapter = adapters.get(format);
		return adapter ? [{ adapter, scale: Number(scale ?? 1) }] : [];
	});
}

/** Effective weights, named `<format>_W_<module>_scale<scale>`. */
async function* weightsOf(
	folder: CaseFolder,
	adapters: ReadonlyMap<string, Adapter>,
	merge: (scaled: readonly ScaledAdapter[]) => Promise<Weights>,
): AsyncIterable<Compared> {
	for (const name of folder.names) {
		const [, format = "", module, scale] = /^(.+)_W_(.+)_scale(-?[\d.]+)$/.exec(name) ?? [];
		const adapter = adapters.get(format);
		if (!adapter || module === undefined) continue;
		const weights = await merge([{ adapter, scale: Number(scale) }]);
		yield compare(name, await weights.read(`${module}.weight`), folder.tensor(name), WEIGHTS);
	}
}

/** One pass with these weights, as the stored outputs lie: [1, channels, frames, rows, columns]. */
async function pass(folder: CaseFolder, engine: Engine, weights: Weights): Promise<Float32Array> {
	await using dit = open(folder, engine, weights, false);
	return await forward(folder, dit);
}

function open(folder: CaseFolder, engine: Engine, weights: Weights, lora: boolean): Dit {
	const raw = folder.read(schema);
	return new Dit(engine, { config: ditConfig(raw), size: latentSize(raw), weights, lora });
}

async function forward(folder: CaseFolder, dit: Dit): Promise<Float32Array> {
	const [, channels = 0, frames = 0] = folder.tensor("x").shape;
	using text = await dit.read(folder.floats("context"));
	const latents = swapAxes(folder.floats("x"), channels, frames);
	const { flow } = await dit.forward({ latents, timesteps: folder.numbers("t"), text });
	return swapAxes(flow, frames, channels);
}

/** One transformer over which adapters come, go, and are turned. */
class Live implements AsyncDisposable {
	readonly #folder: CaseFolder;
	readonly #dit: Dit;
	readonly #stack = new LoraStack();

	private constructor(folder: CaseFolder, dit: Dit) {
		this.#folder = folder;
		this.#dit = dit;
	}

	static async open(folder: CaseFolder, engine: Engine, weights: Weights): Promise<Live> {
		return new Live(folder, open(folder, engine, weights, true));
	}

	async pass(scaled: readonly ScaledAdapter[]): Promise<Float32Array> {
		const before = this.#stack.adapters.map(({ file }) => file);
		const wanted = scaled.map(({ adapter }) => adapter.file);
		if (before.length === wanted.length && before.every((file, i) => file === wanted[i])) {
			for (const { adapter, scale } of scaled) this.#stack.setScale(adapter.file, scale);
			this.#dit.adapt((adapters) => adapters.scale(this.#stack.scales()));
		} else {
			for (const file of before) this.#stack.remove(file);
			for (const { adapter, scale } of scaled) await this.#stack.add(adapter, scale);
			this.#dit.adapt((adapters) => adapters.set(this.#stack.layers()));
		}
		return await forward(this.#folder, this.#dit);
	}

	[Symbol.asyncDispose](): Promise<void> {
		return this.#dit[Symbol.asyncDispose]();
	}
}
