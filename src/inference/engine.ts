import { availableParallelism } from "node:os";
import { parse } from "node:path";
import { disposeAll } from "../base/dispose.ts";
import { MutoscopeError, reasonOf } from "../base/errors.ts";
import type { DType } from "./dtype.ts";
import { Memory } from "./memory.ts";
import { Model, type Place } from "./model.ts";
import { given } from "./ort/call.ts";
import { OrtFailure } from "./ort/failure.ts";
import type { Pointer } from "./ort/functions.ts";
import { loadRuntime, type Runtime } from "./ort/runtime.ts";
import { createSession, portsOf } from "./ort/session.ts";
import type { AttentionForm, ProviderEntry, ProviderId } from "./providers/provider.ts";
import { PROVIDERS } from "./providers/table.ts";
import { Queue } from "./queue.ts";
import { nativeOf, type Tensor } from "./tensor.ts";

/** How an engine is opened. */
export interface EngineOptions {
	/** What computes; `auto`, the default, takes the fastest that works here. */
	readonly provider?: ProviderId | "auto";
	/** Number of the device, for machines with several. */
	readonly device?: number;
	/** Threads of a model that computes on the CPU. Default: half of the logical cores. */
	readonly threads?: number;
	/** Another build of ONNX Runtime than the one that came along. */
	readonly library?: string;
	/** Settings of the provider, by their names in ONNX Runtime's documentation. */
	readonly options?: Readonly<Record<string, string>>;
}

/** How a model is loaded. */
export interface ModelOptions {
	/** Stands in errors. */
	readonly name?: string;
	/** Whether weights are laid out anew for the CPU: faster runs, but a copy of them in memory. Default true. */
	readonly prepack?: boolean;
	/** Tensors that stand in for the graph's initializers of these names. Models may share them; they have to outlive these. */
	readonly weights?: ReadonlyMap<string, Tensor>;
	readonly optimise?: "all" | "basic" | "none";
	readonly threads?: number;
	/** Where external data of a model given as bytes lies. Graphs know it themselves. */
	readonly folder?: string;
}

/** A graph that can be written as ONNX: what `Graph` of this door is. */
export interface Drawn {
	readonly name: string;
	/** Files that it points into. */
	readonly files: readonly string[];
	encode(): Uint8Array;
}

/** What an engine computes on, and how models should be drawn for it. */
export interface ChosenProvider {
	readonly id: ProviderId;
	readonly attention: AttentionForm;
	/** Of activations. */
	readonly dtype: DType;
	/** Whether an output may be bound to an input's memory. */
	readonly inPlace: boolean;
}

/** Runs models on one device. It owns its models and tensors: what is still open is closed with it. */
export class Engine implements AsyncDisposable {
	readonly provider: ChosenProvider;
	readonly #runtime: Runtime;
	readonly #entry: ProviderEntry;
	readonly #options: EngineOptions;
	readonly #memory: Memory;
	readonly #queue = new Queue();
	readonly #models = new Set<Model>();
	readonly #packed: Pointer;
	#closing: Promise<void> | undefined;

	private constructor(runtime: Runtime, provider: ChosenProvider, options: EngineOptions) {
		this.provider = provider;
		this.#runtime = runtime;
		this.#entry = PROVIDERS[provider.id];
		this.#options = options;
		this.#memory = new Memory(runtime);
		this.#packed = given(runtime, (out) => runtime.functions.CreatePrepackedWeightsContainer(out));
	}

	/** Loads ONNX Runtime and takes a device. Throws `inference/library` and `inference/provider`. */
	static async open(options: EngineOptions = {}): Promise<Engine> {
		const runtime = loadRuntime(options.library);
		const { inPlace, ways } = PROVIDERS.cpu;
		const [{ attention, dtype }] = ways as [ProviderEntry["ways"][number]];
		return new Engine(runtime, { id: "cpu", attention, dtype, inPlace }, options);
	}

	/**
	 * A tensor of the host, in memory that the runtime owns; zeros without `data`.
	 *
	 * Numbers are rounded to the type; `Uint16Array` for 16-bit floats, and `Uint8Array` of the exact size, are taken as bits.
	 * Throws `inference/tensor` where the lengths do not agree, and `inference/memory`.
	 */
	tensor(dtype: DType, dims: readonly number[], data?: ArrayLike<number> | ArrayBufferView): Tensor {
		return this.#memory.host(dtype, dims, data);
	}

	/** A tensor of zeros where the provider computes. Throws `inference/memory`. */
	deviceTensor(dtype: DType, dims: readonly number[]): Tensor {
		return this.#memory.host(dtype, dims);
	}

	/**
	 * The first elements of a tensor as a tensor of other lengths, in the same memory. Disposed of by itself. Throws `inference/tensor` where that one is smaller.
	 */
	view(of: Tensor, dims: readonly number[]): Tensor {
		return this.#memory.view(of, this.#runtime.host, dims);
	}

	/** Copies the elements, between the host and the device and within either. Throws `inference/tensor`. */
	async copy(from: Tensor, to: Tensor): Promise<void> {
		to.data.set(from.data as never);
	}

	/**
	 * Loads a graph, or the bytes of an ONNX file, aside from the event loop.
	 *
	 * Throws `inference/load`, and `inference/memory` where it does not fit.
	 */
	async model(graph: Drawn | Uint8Array, options: ModelOptions = {}): Promise<Model> {
		if (this.#closing !== undefined) throw new MutoscopeError("inference/closed", { what: "The engine" });
		const bytes = graph instanceof Uint8Array ? graph : graph.encode();
		const name = options.name ?? (graph instanceof Uint8Array ? "model" : graph.name);
		const runtime = this.#runtime;
		try {
			const root = options.folder ?? parse((graph as Partial<Drawn>).files?.[0] ?? process.cwd()).root;
			const session = await createSession(runtime, bytes, {
				optimise: options.optimise ?? "all",
				threads: options.threads ?? this.#options.threads ?? defaultThreads(),
				config: this.#config(root, options.prepack ?? true),
				weights: new Map([...(options.weights ?? [])].map(([weight, tensor]) => [weight, nativeOf(tensor)])),
				packed: this.#packed,
				append: (_, settings) =>
					this.#entry.append(runtime, settings, {
						device: this.#options.device ?? 0,
						options: this.#options.options ?? {},
					}),
			});
			return this.#loaded(name, session);
		} catch (error) {
			const details = { model: name, inputs: `${bytes.byteLength} bytes of graph`, reason: reasonOf(error) };
			const code = error instanceof OrtFailure && error.memory ? "inference/memory" : "inference/load";
			throw new MutoscopeError(code, details, { cause: error });
		}
	}

	#config(root: string, prepack: boolean): Record<string, string> {
		return {
			"session.intra_op.allow_spinning": "0",
			"session.set_denormal_as_zero": "1",
			"session.use_device_allocator_for_initializers": "1",
			"session.disable_prepacking": prepack ? "0" : "1",
			"session.model_external_initializers_file_folder_path": root,
			...this.#entry.session,
		};
	}

	#loaded(name: string, session: Pointer): Model {
		const host = {
			runtime: this.#runtime,
			queue: this.#queue,
			places: { host: this.#runtime.host, device: this.#runtime.host },
			adopt: (value: Pointer, place: Place) => this.#memory.adopt(value, place),
			closed: (model: Model) => void this.#models.delete(model),
		};
		const model = new Model(name, host, session, portsOf(this.#runtime, session));
		this.#models.add(model);
		return model;
	}

	/** Waits for its runs, and closes what is still open. */
	[Symbol.asyncDispose](): Promise<void> {
		this.#closing ??= this.#close();
		return this.#closing;
	}

	async #close(): Promise<void> {
		await this.#queue.idle();
		await disposeAll([this.#memory, ...this.#models]);
		this.#runtime.functions.ReleasePrepackedWeightsContainer(this.#packed);
	}
}

/** Two threads of one core compute no faster than one. */
function defaultThreads(): number {
	return Math.max(1, Math.floor(availableParallelism() / 2));
}
