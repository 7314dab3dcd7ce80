import { Engine, ModelBySize, type Tensor, Weights } from "mutoscope/inference";
import type { Frame, PipelineContext } from "mutoscope/sdk";
import { GENERATOR } from "./artifacts.ts";
import { drawScribble } from "./graph.ts";

type Context = Pick<PipelineContext<unknown>, "compute" | "file" | "frame" | "progress">;

/** The generator on an engine of its own. */
export class Scribble implements AsyncDisposable {
	readonly #engine: Engine;
	readonly #models: ModelBySize;
	readonly #frame: Context["frame"];

	private constructor(engine: Engine, models: ModelBySize, frame: Context["frame"]) {
		this.#engine = engine;
		this.#models = models;
		this.#frame = frame;
	}

	/** Errors: those of `Weights.open`, `Engine.open`, the signal's reason. */
	static async open({ compute, file, frame, progress }: Context, signal: AbortSignal): Promise<Scribble> {
		progress({ stage: "Loading line drawing model…", fraction: 0 });
		const weights = await Weights.open(file(GENERATOR), { strip: ["module."] });
		const engine = await Engine.open(compute);
		const dtype = engine.provider.dtype === "float32" ? "float32" : "float16";
		const scribble = new Scribble(
			engine,
			new ModelBySize(engine, (size) => drawScribble(weights, { size, dtype })),
			frame,
		);
		if (!signal.aborted) return scribble;
		await scribble[Symbol.asyncDispose]();
		throw signal.reason;
	}

	/** Line drawings of frames, which stay open. Errors: those of a model's run, the signal's reason. */
	async draw(frames: readonly Frame[], signal: AbortSignal): Promise<Frame[]> {
		using made = new DisposableStack();
		const drawings: Frame[] = [];
		for (const { size, data, stamp } of frames) {
			const model = await this.#models.of(size);
			using feed = this.#engine.tensor("uint8", [1, size.height, size.width, 4], data);
			using lines = (await model.run({ frame: feed }, {}, { signal })).lines as Tensor;
			const drawing = made.use(this.#frame(size, stamp));
			drawing.data.set(lines.data as Uint8Array);
			drawings.push(drawing);
		}
		made.move();
		return drawings;
	}

	[Symbol.asyncDispose](): Promise<void> {
		return this.#engine[Symbol.asyncDispose]();
	}
}
