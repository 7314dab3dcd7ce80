import { Engine, ModelBySize, type Tensor, Weights } from "mutoscope/inference";
import type { Frame, PipelineContext } from "mutoscope/sdk";
import { WEIGHTS } from "./artifacts.ts";
import { drawFlow } from "./graph.ts";
import type { FlowValues } from "./params.ts";
import { SIZES } from "./raft/sizes.ts";
import { scaled } from "./scale.ts";
import { colours } from "./wheel.ts";

type Context = Pick<PipelineContext<FlowValues>, "params" | "compute" | "file" | "frame" | "progress">;

/** The model on an engine of its own, and the last frame that it saw. */
export class FlowStream implements AsyncDisposable {
	readonly #engine: Engine;
	readonly #models: ModelBySize;
	readonly #frame: Context["frame"];
	readonly #resolution: number;
	#last: Frame | undefined;

	private constructor(engine: Engine, weights: Weights, { params, frame }: Context) {
		const { size, resolution, iterations, correctRange } = params;
		this.#engine = engine;
		this.#frame = frame;
		this.#resolution = resolution;
		this.#models = new ModelBySize(engine, (frame) =>
			drawFlow(weights, { frame, raft: SIZES[size], resolution, iterations, correctRange }),
		);
	}

	/** Errors: those of `Weights.open`, `Engine.open`, the signal's reason. */
	static async open(context: Context, signal: AbortSignal): Promise<FlowStream> {
		context.progress({ stage: "Loading optical flow model…", fraction: 0 });
		const weights = await Weights.open(context.file(WEIGHTS[context.params.size]), { strip: ["module."] });
		const engine = await Engine.open(context.compute);
		const stream = new FlowStream(engine, weights, context);
		if (!signal.aborted) return stream;
		await stream[Symbol.asyncDispose]();
		throw signal.reason;
	}

	/**
	 * The flow to each frame from the one before as colours. The first frame has that of the second, unless it is `continuous` and
	 * something was before; one that is alone is black. The frames stay open. Errors: those of a model's run, the signal's reason.
	 */
	async draw(frames: readonly Frame[], continuous: boolean, signal: AbortSignal): Promise<Frame[]> {
		signal.throwIfAborted();
		const flows: (Uint8Array | undefined)[] = [];
		let before = continuous ? this.#last : undefined;
		for (const frame of frames) {
			flows.push(before && (await this.#between(before, frame, signal)));
			before = frame;
		}
		flows[0] ??= flows[1];
		this.#keep(continuous ? frames.at(-1) : undefined);
		const square = { width: this.#resolution, height: this.#resolution };
		return frames.map(({ size, stamp }, i) => {
			const drawn = this.#frame(size, stamp);
			const flow = flows[i];
			if (flow) scaled(flow, square, drawn.data, size);
			else blacken(drawn.data);
			return drawn;
		});
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

	/** Colours of the flow between two frames, or none where the size has changed. */
	async #between(first: Frame, { size, data }: Frame, signal: AbortSignal): Promise<Uint8Array | undefined> {
		if (size.width !== first.size.width || size.height !== first.size.height) return undefined;
		const model = await this.#models.of(size);
		const dims = [1, size.height, size.width, 4];
		using one = this.#engine.tensor("uint8", dims, first.data);
		using other = this.#engine.tensor("uint8", dims, data);
		using flow = (await model.run({ first: one, second: other }, {}, { signal })).flow as Tensor;
		return colours(flow.data as Float32Array);
	}
}

function blacken(data: Uint8Array): void {
	data.fill(0);
	for (let i = 3; i < data.length; i += 4) data[i] = 255;
}
