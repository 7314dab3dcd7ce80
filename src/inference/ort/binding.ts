import { koffi } from "../../media/native.ts";
import { callAside, given } from "./call.ts";
import { check } from "./failure.ts";
import type { Pointer } from "./functions.ts";
import type { Runtime } from "./runtime.ts";

/** What one run reads and writes. */
export interface Bound {
	/** `aside`: binding it copies much to a device. */
	readonly inputs: Iterable<readonly [name: string, value: Pointer, aside: boolean]>;
	readonly outputs: Iterable<readonly [name: string, value: Pointer]>;
	/** Outputs that the runtime allocates, and where. */
	readonly made: readonly (readonly [name: string, place: Pointer])[];
}

/** The door to a session: binds tensors to its inputs and outputs, and runs it. One run at a time. */
export class Binding implements Disposable {
	readonly #runtime: Runtime;
	readonly #session: Pointer;
	readonly #binding: Pointer;
	readonly #options: Pointer;
	#closed = false;

	constructor(runtime: Runtime, session: Pointer) {
		this.#runtime = runtime;
		this.#session = session;
		this.#binding = given(runtime, (out) => runtime.functions.CreateIoBinding(session, out));
		this.#options = given(runtime, (out) => runtime.functions.CreateRunOptions(out));
	}

	/** Runs aside from the event loop. Returns what the runtime allocated, in the order of `made`. Throws `OrtFailure`. */
	async run({ inputs, outputs, made }: Bound, signal?: AbortSignal): Promise<Pointer[]> {
		const { functions } = this.#runtime;
		check(functions, functions.RunOptionsUnsetTerminate(this.#options));
		const terminate = () => check(functions, functions.RunOptionsSetTerminate(this.#options));
		signal?.addEventListener("abort", terminate, { once: true });
		try {
			for (const [name, value, aside] of inputs) {
				if (aside) await callAside(this.#runtime, functions.BindInput, this.#binding, name, value);
				else check(functions, functions.BindInput(this.#binding, name, value));
			}
			const places = [...outputs];
			for (const [name, value] of places) check(functions, functions.BindOutput(this.#binding, name, value));
			for (const [name, place] of made) check(functions, functions.BindOutputToDevice(this.#binding, name, place));
			await callAside(this.#runtime, functions.RunWithBinding, this.#session, this.#options, this.#binding);
			if (made.length === 0) return [];
			const all = this.#results();
			for (const value of all.slice(0, places.length)) functions.ReleaseValue(value);
			return all.slice(places.length);
		} finally {
			signal?.removeEventListener("abort", terminate);
			functions.ClearBoundInputs(this.#binding);
			functions.ClearBoundOutputs(this.#binding);
		}
	}

	/** All outputs in the order of their binding. Each is a reference of its own. */
	#results(): Pointer[] {
		const { functions, allocator } = this.#runtime;
		const list = new BigUint64Array(1);
		const count = new BigUint64Array(1);
		check(functions, functions.GetBoundOutputValues(this.#binding, allocator, list, count));
		const [array = 0n] = list;
		const values = Array.from({ length: Number(count[0]) }, (_, i) => BigInt(koffi.decode(array, i * 8, "uint64_t")));
		check(functions, functions.AllocatorFree(allocator, array));
		return values;
	}

	/** Must not be called while it runs. */
	[Symbol.dispose](): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#runtime.functions.ReleaseIoBinding(this.#binding);
		this.#runtime.functions.ReleaseRunOptions(this.#options);
	}
}
