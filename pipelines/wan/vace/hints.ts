import type { Engine, Tensor } from "mutoscope/inference";
import { zeroKeys } from "../dit/bias.ts";
import { type LatentSize, tokensPerFrame } from "../dit/config.ts";
import { patchify } from "../dit/patches.ts";
import { freeAll, type Sessions } from "../dit/sessions.ts";
import { type TextTensors, textFeeds } from "../dit/text-keys.ts";
import { VACE_CHANNELS, type VaceLayers } from "./branch.ts";

/** Hints of VACE's branch for one pass: `hint.<block>` [tokens, dim]. They do not depend on how much they shall count. */
export class Hints implements Disposable {
	/** By the names of the transformer's inputs. */
	readonly tensors: Readonly<Record<string, Tensor>>;
	#scale: Tensor | undefined;

	/** For `vaceHints`. */
	constructor(tensors: Readonly<Record<string, Tensor>>) {
		this.tensors = tensors;
	}

	/** As inputs of the transformer. `scale`: how much they count. */
	feeds(engine: Engine, scale: number): Readonly<Record<string, Tensor>> {
		this.#scale?.dispose();
		this.#scale = engine.tensor(engine.provider.dtype, [1], [scale]);
		return { ...this.tensors, "hint.scale": this.#scale };
	}

	/** Frees them. */
	[Symbol.dispose](): void {
		freeAll(Object.values(this.tensors));
		this.#scale?.dispose();
	}
}

/** Hints that say nothing, for a transformer that expects some in every pass. */
export class Silence implements Disposable {
	readonly #engine: Engine;
	readonly #layers: VaceLayers;
	readonly #dim: number;
	readonly #scale: Tensor;
	#nothing: Tensor | undefined;

	constructor(engine: Engine, layers: VaceLayers, dim: number) {
		this.#engine = engine;
		this.#layers = layers;
		this.#dim = dim;
		this.#scale = engine.tensor(engine.provider.dtype, [1]);
	}

	/** For a pass over this many tokens. The tensors stay its own. */
	feeds(tokens: number): Readonly<Record<string, Tensor>> {
		if (this.#nothing?.dims[0] !== tokens) {
			this.#nothing?.dispose();
			this.#nothing = this.#engine.deviceTensor(this.#engine.provider.dtype, [tokens, this.#dim]);
		}
		const nothing = this.#nothing as Tensor;
		return {
			...Object.fromEntries(this.#layers.map((layer) => [`hint.${layer}`, nothing])),
			"hint.scale": this.#scale,
		};
	}

	/** Frees them. */
	[Symbol.dispose](): void {
		this.#nothing?.dispose();
		this.#scale.dispose();
	}
}

/** What the branch reads. */
export interface HintInputs {
	/** The pass's tokens, as the transformer gets them. */
	readonly patches: Tensor;
	readonly "time.modulation": Tensor;
	/** Positions that count from the pass's first frame. */
	readonly cos: Tensor;
	readonly sin: Tensor;
	readonly text: TextTensors;
	/** VACE's context, [frames, 96, rows, columns]: as many frames as there are. */
	readonly context: Float32Array;
	readonly size: LatentSize;
	/** Whether keys of nothing fill attention up to whole blocks, as in Scope's causal VACE. */
	readonly padded: boolean;
}

/**
 * Runs the branch. A context with more frames than the pass loses its last ones; where it has fewer, the last tokens of the
 * pass have none.
 */
export async function vaceHints(
	engine: Engine,
	sessions: Sessions,
	inputs: HintInputs,
	signal?: AbortSignal,
): Promise<Hints> {
	const { patches, cos, sin, text, size } = inputs;
	const { dim, patch } = sessions.parts.config;
	const tokens = cos.dims[0] as number;
	const width = VACE_CHANNELS * patch ** 2;
	const given = Math.min(
		tokens,
		(inputs.context.length / (VACE_CHANNELS * size.rows * size.columns)) * tokensPerFrame(size, patch),
	);
	const context = new Float32Array(tokens * width);
	context.set(patchify(inputs.context, { channels: VACE_CHANNELS, size, patch }).subarray(0, given * width));
	const zeros = inputs.padded ? zeroKeys(tokens, tokens) : 0;
	const model = await sessions.branch(text.bias !== undefined);
	const own = {
		context: engine.tensor("float32", [tokens, width], context),
		present: engine.tensor("float32", [tokens, 1], new Float32Array(tokens).fill(1, 0, given)),
		zeros: engine.tensor(engine.provider.dtype, [zeros, dim]),
	};
	try {
		const modulation = { "time.modulation": inputs["time.modulation"] };
		const feeds = { patches, ...modulation, cos, sin, ...own, ...textFeeds(text) };
		return new Hints(await model.run(feeds, {}, { place: "device", ...(signal ? { signal } : {}) }));
	} finally {
		freeAll(Object.values(own));
	}
}
