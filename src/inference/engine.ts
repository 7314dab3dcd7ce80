import { availableParallelism } from "node:os";
import { parse } from "node:path";
import { disposeAll } from "../base/dispose.ts";
import { MutoscopeError, reasonOf } from "../base/errors.ts";
import { Device } from "./device.ts";
import type { DType } from "./dtype.ts";
import { Lent } from "./lent.ts";
import { Memory } from "./memory.ts";
import { Model } from "./model.ts";
import type { ChosenProvider, Drawn, EngineOptions, ModelOptions } from "./options.ts";
import { OrtFailure } from "./ort/failure.ts";
import type { Pointer } from "./ort/functions.ts";
import { loadRuntime, type Runtime } from "./ort/runtime.ts";
import { choose } from "./providers/choose.ts";
import { obstacle } from "./providers/obstacle.ts";
import { prove } from "./providers/proof.ts";
import type { ProviderEntry } from "./providers/provider.ts";
import { PROVIDERS } from "./providers/table.ts";
import type { Tensor } from "./tensor.ts";

/** What a model is for that has no name of its own. */
const NAMELESS = "model";

/** Ways that were proved on the CPU, by library and way, and whether outputs may lie on inputs. */
const proved = new Map<string, boolean>();

/** Runs models on one device. It owns its models and tensors: what is still open is closed with it. */
export class Engine implements AsyncDisposable {
	#provider: ChosenProvider;
	readonly #device: Device;
	readonly #memory: Memory;
	readonly #models = new Set<Model>();
	readonly #threads: number;
	#closing: Promise<void> | undefined;

	private constructor(runtime: Runtime, provider: ChosenProvider, { device, options, threads }: EngineOptions) {
		this.#provider = provider;
		this.#threads = threads ?? defaultThreads();
		this.#device = new Device(runtime, PROVIDERS[provider.id], { device: device ?? 0, options: options ?? {} });
		this.#memory = new Memory(runtime, (pointer, place) => this.#device.free(pointer, place));
	}

	/**
	 * Loads ONNX Runtime and takes a device, with the best way of attention that it computes rightly.
	 *
	 * Throws `inference/library` and `inference/provider`.
	 */
	static async open(options: EngineOptions = {}): Promise<Engine> {
		const { provider = "auto" } = options;
		const runtime = loadRuntime(options.library);
		const id = provider === "auto" ? (await choose(options)).id : provider;
		const entry = PROVIDERS[id];
		const impossible = obstacle(runtime, entry);
		if (impossible) throw new MutoscopeError("inference/provider", { provider: entry.title, reason: impossible });
		const refusals: { way: string; why: string }[] = [];
		for (const way of entry.ways) {
			if (options.dtype !== undefined && way.dtype !== options.dtype) continue;
			const engine = new Engine(runtime, { id, ...way, inPlace: false, passed: refusals.map(told) }, options);
			try {
				await engine.#start(entry);
				return engine;
			} catch (error) {
				await engine[Symbol.asyncDispose]();
				const why = reasonOf(error instanceof MutoscopeError ? (error.cause ?? error) : error);
				refusals.push({ way: `${way.attention} attention in ${way.dtype}`, why });
			}
		}
		// What keeps a device from being used at all keeps it from each way.
		const [first, ...others] = refusals;
		const same = first && others.every(({ why }) => why === first.why);
		const reason = same ? first.why : refusals.map(told).join("; ");
		throw new MutoscopeError("inference/provider", { provider: entry.title, reason });
	}

	async #start(entry: ProviderEntry): Promise<void> {
		const { id, attention, dtype } = this.#provider;
		const key = `${this.#device.runtime.path} ${attention} ${dtype}`;
		await this.#device.attach();
		const inPlace = proved.get(key) ?? (await prove(this, attention, dtype, !entry.strict));
		if (id === "cpu") proved.set(key, inPlace);
		this.#provider = { ...this.#provider, inPlace };
	}

	/** What it computes on, and how models should be drawn for it. */
	get provider(): ChosenProvider {
		return this.#provider;
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

	/**
	 * A tensor of zeros where the provider computes. Throws `inference/memory`, and `inference/tensor` where the provider gives
	 * no memory while it runs (`webgpu`, `dml`).
	 */
	deviceTensor(dtype: DType, dims: readonly number[]): Tensor {
		const { allocator, place } = this.#device;
		const zeros = this.#memory.host(dtype, dims);
		if (place === "host") return zeros;
		try {
			this.#device.ensureIdle({ dtype, dims });
			const tensor = this.#memory.allocate(allocator, place, dtype, dims);
			this.#device.copyNow(zeros, tensor);
			return tensor;
		} finally {
			zeros.dispose();
		}
	}

	/**
	 * The first elements of a tensor as a tensor of other lengths, in the same memory. Disposed of by itself.
	 *
	 * Throws `inference/tensor` where that one is smaller.
	 */
	view(of: Tensor, dims: readonly number[]): Tensor {
		return this.#memory.view(of, this.#device.places[of.place], dims);
	}

	/** Copies the elements, after the runs that were asked for before. Throws `inference/tensor`. */
	copy(from: Tensor, to: Tensor): Promise<void> {
		return this.#device.copy(from, to);
	}

	/** How many of its tensors are not freed, and how many bytes they hold. */
	get used(): { readonly tensors: number; readonly bytes: number } {
		return this.#memory.used;
	}

	/**
	 * Loads a graph, or the bytes of an ONNX file, aside from the event loop.
	 *
	 * Throws `inference/load`, and `inference/memory` where it does not fit.
	 */
	async model(graph: Drawn | Uint8Array, options: ModelOptions = {}): Promise<Model> {
		if (this.#closing !== undefined) throw new MutoscopeError("inference/closed", { what: "The engine" });
		const drawn = graph instanceof Uint8Array ? undefined : graph;
		const bytes = drawn ? drawn.encode() : (graph as Uint8Array);
		const name = options.name ?? drawn?.name ?? NAMELESS;
		const lent = new Lent(this.#device, options.weights);
		try {
			const session = await this.#device.load(bytes, {
				optimise: options.optimise ?? "all",
				threads: options.threads ?? this.#threads,
				config: configOf(options, drawn?.files[0]),
				weights: lent.views,
				packed: lent.packed,
			});
			return this.#loaded(name, session, lent);
		} catch (error) {
			lent[Symbol.dispose]();
			const details = { model: name, inputs: `${bytes.byteLength} bytes of graph`, reason: reasonOf(error) };
			const code = error instanceof OrtFailure && error.memory ? "inference/memory" : "inference/load";
			throw new MutoscopeError(code, details, { cause: error });
		}
	}

	#loaded(name: string, session: Pointer, lent: Lent): Model {
		const { runtime, queue, places } = this.#device;
		const model = new Model(name, session, {
			runtime,
			queue,
			places,
			far: (tensor) => this.#device.far(tensor),
			adopt: (value, place) => this.#memory.adopt(value, place === "device" ? this.#device.place : place),
			closed: (closed) => {
				lent[Symbol.dispose]();
				this.#models.delete(closed);
			},
		});
		this.#models.add(model);
		return model;
	}

	/** Waits for its runs, and closes what is still open. */
	[Symbol.asyncDispose](): Promise<void> {
		this.#closing ??= this.#close();
		return this.#closing;
	}

	async #close(): Promise<void> {
		await this.#device.queue.idle();
		await disposeAll([this.#device, this.#memory, ...this.#models]);
	}
}

function told({ way, why }: { way: string; why: string }): string {
	return `${way}: ${why}`;
}

/** Settings of a session, by their keys in onnxruntime_session_options_config_keys.h. */
function configOf({ folder, prepack = true, config = {} }: ModelOptions, file: string | undefined) {
	return {
		// Threads that wait do not take a core from the picture.
		"session.intra_op.allow_spinning": "0",
		"session.set_denormal_as_zero": "1",
		// The arena doubles what it is asked for.
		"session.use_device_allocator_for_initializers": "1",
		"session.disable_prepacking": prepack ? "0" : "1",
		// Files are named from here on down; nothing above it may be.
		"session.model_external_initializers_file_folder_path": folder ?? parse(file ?? process.cwd()).root,
		...config,
	};
}

/** Two threads of one core compute no faster than one. */
function defaultThreads(): number {
	return Math.max(1, Math.floor(availableParallelism() / 2));
}
