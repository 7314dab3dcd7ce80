import type { KoffiFunc } from "koffi";
import { koffi } from "../../media/native.ts";
import { check } from "./failure.ts";
import type { Pointer, Status } from "./functions.ts";
import type { Runtime } from "./runtime.ts";

/**
 * Makes a call on a thread of libuv's pool. Throws `OrtFailure`.
 *
 * Whatever it points to has to be memory of the runtime: a buffer of JavaScript may be collected while the call runs.
 */
export function callAside<Arguments extends unknown[]>(
	{ functions }: Runtime,
	call: KoffiFunc<(...values: Arguments) => Status>,
	...values: Arguments
): Promise<void> {
	return new Promise((resolve, reject) => {
		call.async(...values, (error: unknown, status: Status) => {
			try {
				if (error) throw error;
				check(functions, status);
				resolve();
			} catch (failure) {
				reject(failure);
			}
		});
	});
}

/** Frees aside what takes long to free. */
export function releaseAside(release: KoffiFunc<(handle: Pointer) => void>, handle: Pointer): Promise<void> {
	return new Promise((resolve, reject) => {
		release.async(handle, (error: unknown) => (error ? reject(error) : resolve()));
	});
}

/** Reads what a call writes through its last argument, `T **`. Throws `OrtFailure`. */
export function given({ functions }: Runtime, call: (out: BigUint64Array) => Status): Pointer {
	const out = new BigUint64Array(1);
	check(functions, call(out));
	return out[0] as Pointer;
}

/** Reads a number that a call writes through its last argument, `size_t *` or an enum. Throws `OrtFailure`. */
export function counted(runtime: Runtime, call: (out: BigUint64Array) => Status): number {
	return Number(given(runtime, call));
}

/** Reads and frees a text that the runtime allocated. Throws `OrtFailure`. */
export function spoken(runtime: Runtime, call: (out: BigUint64Array) => Status): string {
	const text = given(runtime, call);
	const read = koffi.decode.string(text);
	check(runtime.functions, runtime.functions.AllocatorFree(runtime.allocator, text));
	return read;
}
