import { MutoscopeError } from "../base/errors.ts";
import type { DType } from "./dtype.ts";
import { Graph } from "./graph/graph.ts";
import type { Place } from "./model.ts";
import { callAside, given, releaseAside } from "./ort/call.ts";
import { check, OrtFailure } from "./ort/failure.ts";
import type { Pointer } from "./ort/functions.ts";
import type { Runtime } from "./ort/runtime.ts";
import { createSession, type SessionSettings } from "./ort/session.ts";
import { Value } from "./ort/value.ts";
import { Packed } from "./packed.ts";
import type { ProviderEntry, ProviderRequest } from "./providers/provider.ts";
import { Queue } from "./queue.ts";
import { describe, nativeOf, type Tensor } from "./tensor.ts";

/** Host tensors from this size on are copied to a device aside from the event loop: a fifth of a millisecond. */
const LARGE = 1 << 20;

/** What a session is loaded with, save what the device knows. */
export type Loading = Pick<SessionSettings, "optimise" | "threads" | "config" | "weights" | "packed">;

/** One provider's device: its memory, its queue, and the sessions that are loaded for it. */
export class Device implements AsyncDisposable {
	readonly runtime: Runtime;
	readonly queue = new Queue();
	/** Where outputs are put, as `OrtMemoryInfo`. */
	readonly places: Readonly<Record<Place, Pointer>>;
	readonly #entry: ProviderEntry;
	readonly #request: ProviderRequest;
	/** What models share. */
	readonly packed: Packed;
	/** Gives the device's memory; it comes from a session, which stays as long. */
	#anchor: { session: Pointer; allocator: Pointer } | undefined;

	constructor(runtime: Runtime, entry: ProviderEntry, request: ProviderRequest) {
		const { functions, host } = runtime;
		const { memory } = entry;
		this.runtime = runtime;
		this.#entry = entry;
		this.#request = request;
		this.packed = new Packed(runtime);
		const device =
			memory === undefined
				? host
				: given(runtime, (out) => functions.CreateMemoryInfo(memory, 0, request.device, 0, out));
		this.places = { host, device };
	}

	/** The allocator of the device's memory, or the host's where it computes in that. */
	get allocator(): Pointer {
		return this.#anchor?.allocator ?? this.runtime.allocator;
	}

	/** Where the tensors lie that it allocates. */
	get place(): Place {
		return this.#anchor ? "device" : "host";
	}

	/** Makes the device's memory available. Throws `OrtFailure`. */
	async attach(): Promise<void> {
		if (this.#entry.memory === undefined) return;
		const graph = new Graph("anchor");
		graph.output("y", graph.neg(graph.input("x", "float32", [1])));
		const loading: Loading = { optimise: "none", threads: 1, config: {}, weights: new Map(), packed: undefined };
		const session = await this.load(graph.encode(), loading);
		const { functions } = this.runtime;
		const allocator = given(this.runtime, (out) => functions.CreateAllocator(session, this.places.device, out));
		this.#anchor = { session, allocator };
	}

	/** Loads a session aside from the event loop. Throws `OrtFailure`. */
	load(model: Uint8Array, loading: Loading): Promise<Pointer> {
		const load = () =>
			createSession(this.runtime, model, {
				...loading,
				append: (runtime, options) => this.#entry.append(runtime, options, this.#request),
			});
		return this.#entry.alone ? this.queue.add(load) : load();
	}

	/** Whether binding a tensor copies so much to the device that the event loop should not wait. */
	far(tensor: Tensor): boolean {
		return this.#anchor !== undefined && tensor.place === "host" && tensor.bytes >= LARGE;
	}

	/** Copies elements after the runs that were asked for before. Throws `inference/tensor`. */
	async copy(from: Tensor, to: Tensor): Promise<void> {
		if (from.dtype !== to.dtype || from.length !== to.length) {
			const reason = `it cannot take what ${describe(from)} holds`;
			throw new MutoscopeError("inference/tensor", { tensor: describe(to), reason });
		}
		const values = [nativeOf(from), nativeOf(to)] as const;
		for (const value of values) value.hold();
		try {
			// The runtime copies between devices only.
			const near = from.place === "host" && to.place === "host";
			await this.queue.add(() => (near ? to.data.set(from.data as never) : this.#copy(...values)));
		} catch (error) {
			if (!(error instanceof OrtFailure)) throw error;
			const details = { tensor: describe(to), reason: error.message };
			throw new MutoscopeError("inference/tensor", details, { cause: error });
		} finally {
			for (const value of values) value.letGo();
		}
	}

	/** Copies elements there and then, to a tensor that nobody uses yet. */
	copyNow(from: Tensor, to: Tensor): void {
		const { functions, env } = this.runtime;
		const [source, target] = [from, to].map((tensor) => BigUint64Array.of(nativeOf(tensor).pointer));
		check(functions, functions.CopyTensors(env, source as BigUint64Array, target as BigUint64Array, null, 1));
	}

	/** Throws `inference/tensor` while its memory cannot be asked for. */
	ensureIdle(wanted: { dtype: DType; dims: readonly number[] }): void {
		if (!this.#entry.alone || !this.queue.busy) return;
		const reason = `${this.#entry.title} gives no memory while it runs or loads a model`;
		throw new MutoscopeError("inference/tensor", { tensor: describe(wanted), reason });
	}

	async #copy(from: Value, to: Value): Promise<void> {
		const { functions, env } = this.runtime;
		const lists = [from, to].map(({ pointer }) => {
			const list = Value.scratch(this.runtime, "int64", 1);
			list.write(new Uint8Array(BigUint64Array.of(pointer).buffer));
			return list;
		}) as [Value, Value];
		try {
			await callAside(this.runtime, functions.CopyTensors, env, lists[0].address, lists[1].address, null, 1);
		} finally {
			for (const list of lists) list.close();
		}
	}

	/** Frees a tensor's memory; where a device does one thing at a time, after what it does. */
	free(pointer: Pointer, place: Place): void {
		const release = () => this.runtime.functions.ReleaseValue(pointer);
		if (place === "device" && this.#entry.alone && this.queue.busy) void this.queue.add(release);
		else release();
	}

	/** After all sessions and tensors. */
	async [Symbol.asyncDispose](): Promise<void> {
		const { functions } = this.runtime;
		await this.queue.idle();
		if (this.#anchor) {
			functions.ReleaseAllocator(this.#anchor.allocator);
			await releaseAside(functions.ReleaseSession, this.#anchor.session);
			functions.ReleaseMemoryInfo(this.places.device);
		}
	}
}
