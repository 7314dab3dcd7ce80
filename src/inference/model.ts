import { MutoscopeError, reasonOf } from "../base/errors.ts";
import { checkFeeds, listed, type Port } from "./feeds.ts";
import { Binding, type Bound } from "./ort/binding.ts";
import { releaseAside } from "./ort/call.ts";
import { OrtFailure } from "./ort/failure.ts";
import type { Pointer } from "./ort/functions.ts";
import type { Runtime } from "./ort/runtime.ts";
import { portsOf } from "./ort/session.ts";
import type { Value } from "./ort/value.ts";
import type { Queue } from "./queue.ts";
import { isOpen, nativeOf, type Tensor } from "./tensor.ts";

/** Where tensors lie. */
export type Place = "host" | "device";

/** How a run is made. */
export interface RunOptions {
	/** Ends the run between two of its operations; it throws the signal's reason. Tensors of `fetches` may be half written. */
	readonly signal?: AbortSignal;
	/** Where outputs are put that were not given in `fetches`: all, or by name. Default `host`. */
	readonly place?: Place | Readonly<Record<string, Place>>;
}

/** What a model needs of the engine that loaded it. */
export interface Host {
	readonly runtime: Runtime;
	readonly queue: Queue;
	readonly places: Readonly<Record<Place, Pointer>>;
	/** Whether binding it copies so much to a device that the event loop should not wait. */
	far(tensor: Tensor): boolean;
	/** Takes a value that a run has made. */
	adopt(value: Pointer, place: Place): Tensor;
	/** Told when the model is closed. */
	closed(model: Model): void;
}

/** A loaded graph. Closed by whoever loaded it, or with its engine. */
export class Model implements AsyncDisposable {
	readonly name: string;
	readonly inputs: ReadonlyMap<string, Port>;
	readonly outputs: ReadonlyMap<string, Port>;
	readonly #host: Host;
	readonly #session: Pointer;
	readonly #binding: Binding;
	/** What it has left on the device: WebGPU frees it through the session that made it. */
	readonly #left = new Set<Tensor>();
	#closing: Promise<void> | undefined;

	/** For `Engine`. */
	constructor(name: string, session: Pointer, host: Host) {
		const { inputs, outputs } = portsOf(host.runtime, session);
		this.name = name;
		this.inputs = inputs;
		this.outputs = outputs;
		this.#host = host;
		this.#session = session;
		this.#binding = new Binding(host.runtime, session);
	}

	/**
	 * Runs it, aside from the event loop, after the runs that were asked for before on this engine.
	 *
	 * `fetches` are outputs that exist already; where the provider allows it (`inPlace`) one may be the very tensor of a feed.
	 * The other outputs are made by the runtime and belong to the caller; those on a device last as long as the model.
	 *
	 * Throws `inference/shape` before anything is done, `inference/run` and `inference/memory`, each with every input's type
	 * and shape, and `inference/closed`.
	 */
	async run(
		feeds: Readonly<Record<string, Tensor>>,
		fetches: Readonly<Record<string, Tensor>> = {},
		options: RunOptions = {},
	): Promise<Record<string, Tensor>> {
		options.signal?.throwIfAborted();
		if (this.#closing !== undefined) throw new MutoscopeError("inference/closed", { what: `The model ${this.name}` });
		checkFeeds(this.name, this.inputs, this.outputs, feeds, fetches);
		// From here on the values are held, so that a tensor may be disposed of while its run waits.
		const inputs = valuesOf(feeds);
		const outputs = valuesOf(fetches);
		const made = [...this.outputs.keys()].filter((name) => !fetches[name]);
		const place = (name: string): Place =>
			typeof options.place === "object" ? (options.place[name] ?? "host") : (options.place ?? "host");
		const bound: Bound = {
			inputs: inputs.map(([name, { pointer }]) => [name, pointer, this.#host.far(feeds[name] as Tensor)] as const),
			outputs: outputs.map(([name, { pointer }]) => [name, pointer] as const),
			made: made.map((name) => [name, this.#host.places[place(name)]] as const),
		};
		const held = [...inputs, ...outputs];
		for (const [, value] of held) value.hold();
		try {
			const values = await this.#host.queue.add(() => this.#binding.run(bound, options.signal), options.signal);
			const results = values.map((value, i) => this.#host.adopt(value, place(made[i] as string)));
			for (const tensor of this.#left) if (!isOpen(tensor)) this.#left.delete(tensor);
			for (const tensor of results) if (tensor.place === "device") this.#left.add(tensor);
			return { ...fetches, ...Object.fromEntries(results.map((tensor, i) => [made[i], tensor])) };
		} catch (error) {
			if (options.signal?.aborted) throw options.signal.reason;
			throw runError(this.name, feeds, error);
		} finally {
			for (const [, value] of held) value.letGo();
		}
	}

	/** Waits for its runs, and frees it, with what it has left on the device. */
	[Symbol.asyncDispose](): Promise<void> {
		this.#closing ??= this.#close();
		return this.#closing;
	}

	async #close(): Promise<void> {
		const { queue, runtime, closed } = this.#host;
		// Runs of others may still be reading what it has left.
		await queue.idle();
		for (const tensor of this.#left) tensor.dispose();
		await queue.add(() => {
			this.#binding[Symbol.dispose]();
			return releaseAside(runtime.functions.ReleaseSession, this.#session);
		});
		closed(this);
	}
}

function valuesOf(tensors: Readonly<Record<string, Tensor>>): (readonly [string, Value])[] {
	return Object.entries(tensors).map(([name, tensor]) => [name, nativeOf(tensor)]);
}

function runError(model: string, feeds: Readonly<Record<string, Tensor>>, error: unknown): MutoscopeError {
	const code = error instanceof OrtFailure && error.memory ? "inference/memory" : "inference/run";
	return new MutoscopeError(code, { model, inputs: listed(feeds), reason: reasonOf(error) }, { cause: error });
}
