import { Engine, ModelBySize, type Tensor, Weights } from "mutoscope/inference";
import type { Frame, PipelineContext } from "mutoscope/sdk";
import { FLOWNET } from "./artifacts.ts";
import { drawRife } from "./graph.ts";

type Context = Pick<PipelineContext<unknown>, "compute" | "file" | "frame" | "progress">;

/** The network on an engine of its own, and the last frame that it saw. */
export class Rife implements AsyncDisposable {
	readonly #engine: Engine;
	readonly #models: ModelBySize;
	readonly #frame: Context["frame"];
	#last: Frame | undefined;

	private constructor(engine: Engine, models: ModelBySize, frame: Context["frame"]) {
		this.#engine = engine;
		this.#models = models;
		this.#frame = frame;
	}

	/** Errors: those of `Weights.open`, `Engine.open`, the signal's reason. */
	static async open({ compute, file, frame, progress }: Context, signal: AbortSignal): Promise<Rife> {
		progress({ stage: "Loading frame interpolation model…", fraction: 0 });
		const weights = await Weights.open(file(FLOWNET), { strip: ["module."] });
		const engine = await Engine.open(compute);
		const dtype = engine.provider.dtype === "float32" ? "float32" : "float16";
		const rife = new Rife(engine, new ModelBySize(engine, (size) => drawRife(weights, { size, dtype })), frame);
		if (!signal.aborted) return rife;
		await rife[Symbol.asyncDispose]();
		throw signal.reason;
	}

	/**
	 * The frames, with one between every two; if `continuous`, also one between the last of the call before and the first, where
	 * they have the same size. Those given are closed, or among the result. Errors: those of a model's run, the signal's reason.
	 */
	async doubled(frames: readonly Frame[], continuous: boolean, signal: AbortSignal): Promise<Frame[]> {
		signal.throwIfAborted();
		using made = new DisposableStack();
		const middles: (Frame | undefined)[] = [];
		let before = continuous ? this.#last : undefined;
		for (const frame of frames) {
			const middle = before && (await this.#middle(before, frame, signal));
			middles.push(middle && made.use(middle));
			before = frame;
		}
		made.move();
		this.#keep(continuous ? frames.at(-1) : undefined);
		return frames.flatMap((frame, i) => [middles[i] ?? [], frame].flat());
	}

	/** Forgets the last frame. */
	reset(): void {
		this.#keep(undefined);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.#keep(undefined);
		await this.#engine[Symbol.asyncDispose]();
	}

	#keep(frame: Frame | undefined): void {
		this.#last?.close();
		this.#last = frame?.clone();
	}

	/** The frame between two, or none where the size has changed. */
	async #middle(first: Frame, second: Frame, signal: AbortSignal): Promise<Frame | undefined> {
		const { size, stamp } = second;
		if (size.width !== first.size.width || size.height !== first.size.height) return undefined;
		const model = await this.#models.of(size);
		const dims = [1, size.height, size.width, 4];
		using one = this.#engine.tensor("uint8", dims, first.data);
		using other = this.#engine.tensor("uint8", dims, second.data);
		using middle = (await model.run({ first: one, second: other }, {}, { signal })).middle as Tensor;
		const frame = this.#frame(size, stamp);
		frame.data.set(middle.data as Uint8Array);
		return frame;
	}
}
