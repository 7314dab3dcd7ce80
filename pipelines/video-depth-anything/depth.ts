import { Engine, ModelBySize, type Tensor, Weights } from "mutoscope/inference";
import type { Frame, PipelineContext } from "mutoscope/sdk";
import { SMALL } from "./artifacts.ts";
import { VITS } from "./config.ts";
import { drawDepth } from "./graph.ts";
import { DepthMemory } from "./memory.ts";
import type { DepthValues } from "./params.ts";
import type { Memory } from "./past.ts";
import { paint, type Range, rangeOf, towards } from "./range.ts";

type Context = Pick<PipelineContext<DepthValues>, "params" | "compute" | "file" | "frame" | "progress">;

/** The model on an engine of its own, and what it remembers. */
export class DepthStream implements AsyncDisposable {
	readonly #engine: Engine;
	readonly #models: ModelBySize;
	readonly #frame: Context["frame"];
	readonly #memory: DepthMemory;
	readonly #frames: number;
	#memories: readonly Memory[] = [];
	#range: Range | undefined;

	private constructor(engine: Engine, weights: Weights, positions: Float32Array, context: Context) {
		const { memory, resolution } = context.params;
		const { attention, dtype } = engine.provider;
		const type = dtype === "float32" ? "float32" : "float16";
		this.#engine = engine;
		this.#frame = context.frame;
		this.#frames = memory;
		this.#memory = new DepthMemory(engine);
		this.#models = new ModelBySize(engine, (size) => {
			const options = { config: VITS, positions, attention, past: memory, size, resolution, dtype: type } as const;
			const { graph, memories } = drawDepth(weights, options);
			this.#memories = memories;
			this.reset();
			return graph;
		});
	}

	/** Errors: those of `Weights.open`, `Engine.open`, the signal's reason. */
	static async open(context: Context, signal: AbortSignal): Promise<DepthStream> {
		context.progress({ stage: "Loading depth model…", fraction: 0 });
		const weights = await Weights.open(context.file(SMALL), { strip: ["module."] });
		const positions = await weights.read("pretrained.pos_embed");
		const engine = await Engine.open(context.compute);
		const stream = new DepthStream(engine, weights, positions, context);
		if (!signal.aborted) return stream;
		await stream[Symbol.asyncDispose]();
		throw signal.reason;
	}

	/** Depths of frames, which stay open, as grey frames: near is white. Errors: those of a model's run, the signal's reason. */
	async draw(frames: readonly Frame[], values: DepthValues, signal: AbortSignal): Promise<Frame[]> {
		if (!values.continuous) this.#memory[Symbol.dispose]();
		const maps: Float32Array[] = [];
		for (const frame of frames) maps.push(await this.#depthOf(frame, signal));
		const own = rangeOf(maps);
		this.#range = values.normalise === "chunk" ? own : towards(this.#range, own, values.adapt);
		return frames.map(({ size, stamp }, i) => {
			const grey = this.#frame(size, stamp);
			paint(maps[i] as Float32Array, this.#range as Range, grey.data);
			return grey;
		});
	}

	/** Forgets the frames before and their range. */
	reset(): void {
		this.#memory[Symbol.dispose]();
		this.#range = undefined;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.#memory[Symbol.dispose]();
		await this.#engine[Symbol.asyncDispose]();
	}

	async #depthOf({ size, data }: Frame, signal: AbortSignal): Promise<Float32Array> {
		const model = await this.#models.of(size);
		const { past, own } = this.#memory.feeds(this.#memories, this.#frames);
		using _places = own.places;
		using _bias = own.bias;
		using frame = this.#engine.tensor("uint8", [1, size.height, size.width, 4], data);
		const place = Object.fromEntries(this.#memories.map(({ name }) => [`next/${name}`, "device"] as const));
		const outputs = await model.run({ frame, ...past, ...own }, {}, { signal, place });
		this.#memory.keep(outputs, this.#frames);
		using depth = outputs.depth as Tensor;
		return (depth.data as Float32Array).slice();
	}
}
