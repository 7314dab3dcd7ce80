import type { Engine, Model, ModelOptions, Tensor, Weights } from "mutoscope/inference";
import { drawVace, type VaceLayers, vaceBlock } from "../vace/branch.ts";
import type { DitConfig } from "./config.ts";
import { type Drawing, drawText, drawTime } from "./embeddings.ts";
import { type DitOptions, drawDit } from "./graph.ts";
import type { LoraTarget } from "./linears.ts";

/** Which of the transformer's forms a pass needs. */
export interface Form {
	/** Whether keys have a bias. */
	readonly biased: boolean;
	/** Whether hints are added. */
	readonly hinted: boolean;
	/** Whether adapters come as inputs. */
	readonly adapted: boolean;
	/** Whether the text's padding has been taken together. */
	readonly brief: boolean;
}

/** What a transformer is made of. */
export interface DitParts {
	readonly config: DitConfig;
	/** Its checkpoint, under the names of Wan's own. */
	readonly weights: Weights;
	/** VACE's branch: its checkpoint, and the blocks that its hints follow. */
	readonly vace?: { readonly weights: Weights; readonly layers: VaceLayers };
	/** Where keys of the past come from. */
	readonly cache: DitOptions["cache"];
	/** Whether adapters may be laid over it at any time. Merged ones need none of this. */
	readonly lora?: boolean;
	/** What between the layers is given back, too, by name: `patch_embedding`, `blocks.0`, `blocks.0.self_attn`. */
	readonly taps?: ReadonlySet<string>;
	/**
	 * How its models are loaded. Default: on a CPU, weights of more than a gigabyte stay in their file as they are; everything
	 * else is made as fast as it can be.
	 */
	readonly model?: Omit<ModelOptions, "name">;
}

/** From here on, weights are not copied on a CPU, which has no kernels for 16 bits anyway. In bytes. */
const LARGE = 2 ** 30;

/** The models of one transformer. Each is loaded when it is first needed, and closed with the others. */
export class Sessions implements AsyncDisposable {
	readonly parts: DitParts;
	readonly #engine: Engine;
	readonly #models = new Map<string, Promise<Model>>();
	readonly #wanted = new Map<string, readonly LoraTarget[]>();

	constructor(engine: Engine, parts: DitParts) {
		this.#engine = engine;
		this.parts = parts;
	}

	/**
	 * Whether a form of the transformer that is not needed in a pass may be left out of it. Where weights are copied to a
	 * device there is room for one form only.
	 */
	get lean(): boolean {
		return this.#engine.provider.id === "cpu";
	}

	/** The layers of one model that take adapters. */
	targetsOf(model: Model): readonly LoraTarget[] {
		return this.#wanted.get(model.name) ?? [];
	}

	/** What time is. */
	time(): Promise<Model> {
		const { config, weights, lora = false } = this.parts;
		return this.#load("time", () => drawTime(config, weights, { lora }));
	}

	/** What a text is to the transformer. */
	text(): Promise<Model> {
		const { config, weights } = this.parts;
		const blocks = Array.from({ length: config.layers }, (_, i) => `blocks.${i}`);
		return this.#load("text", () => drawText(config, weights, { ...this.#options, blocks }));
	}

	/** What a text is to VACE's branch. */
	vaceText(): Promise<Model> {
		const { config, weights, vace } = this.parts;
		if (!vace) throw new TypeError("this transformer was opened without VACE");
		const blocks = vace.layers.map((_, i) => vaceBlock(i));
		const options = { dtype: this.#engine.provider.dtype, blocks, own: vace.weights };
		return this.#load("vace-text", () => drawText(config, weights, options));
	}

	/** VACE's branch. */
	branch(brief: boolean): Promise<Model> {
		const { config, weights, vace } = this.parts;
		if (!vace) throw new TypeError("this transformer was opened without VACE");
		return this.#load(brief ? "vace-brief" : "vace", () => {
			const { dtype, attention } = this.#engine.provider;
			const graph = drawVace(config, weights, vace.weights, vace.layers, { dtype, attention, brief });
			return { graph, targets: [] };
		});
	}

	/** The transformer. */
	main({ biased, hinted, adapted, brief }: Form): Promise<Model> {
		const { config, weights, vace, cache } = this.parts;
		const name = [
			"dit",
			...(biased ? ["biased"] : []),
			...(hinted ? ["hinted"] : []),
			...(adapted ? ["lora"] : []),
			...(brief ? ["brief"] : []),
		].join("-");
		const hints = hinted ? (vace?.layers ?? []) : [];
		const { attention } = this.#engine.provider;
		const options = { ...this.#options, lora: adapted, attention, cache, biased, hints, brief };
		return this.#load(name, () => drawDit(config, weights, options));
	}

	/** Loads what a first pass will need, so that it does not have to wait. */
	async warm(form: Form): Promise<void> {
		await Promise.all([this.time(), this.text(), this.parts.vace && this.vaceText(), this.main(form)]);
	}

	get #options(): Pick<DitOptions, "dtype" | "lora" | "taps"> {
		const { lora = false, taps = new Set<string>() } = this.parts;
		return { dtype: this.#engine.provider.dtype, lora, taps };
	}

	get #loading(): Omit<ModelOptions, "name"> {
		const { weights } = this.parts;
		const bytes = weights.names.reduce((sum, name) => sum + weights.get(name).length, 0);
		return this.lean && bytes > LARGE ? { prepack: false, optimise: "none" } : {};
	}

	#load(name: string, draw: () => Drawing): Promise<Model> {
		const known = this.#models.get(name);
		if (known !== undefined) return known;
		const loading = this.#open(`wan-${name}`, draw());
		this.#models.set(name, loading);
		return loading;
	}

	async #open(name: string, { graph, targets }: Drawing): Promise<Model> {
		const model = await this.#engine.model(graph, { ...this.#loading, ...this.parts.model, name });
		this.#wanted.set(name, targets);
		return model;
	}

	/** Closes all models. */
	async [Symbol.asyncDispose](): Promise<void> {
		const models = await Promise.allSettled(this.#models.values());
		await Promise.all(
			models.map((model) => (model.status === "fulfilled" ? model.value[Symbol.asyncDispose]() : undefined)),
		);
	}
}

/** Disposes of tensors. */
export function freeAll(tensors: Iterable<Tensor>): void {
	for (const tensor of tensors) tensor.dispose();
}
