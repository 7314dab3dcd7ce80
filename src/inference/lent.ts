import type { Device } from "./device.ts";
import type { Pointer } from "./ort/functions.ts";
import { Value } from "./ort/value.ts";
import { nativeOf, type Tensor } from "./tensor.ts";

/** Weights that are lent to a model. Their memory stays until the model is closed, whoever disposes of the tensors. */
export class Lent implements Disposable {
	/** By the names of the initializers that they stand in for. */
	readonly views = new Map<string, Value>();
	/** Where they are kept packed, if there are any. */
	readonly packed: Pointer | undefined;
	readonly #device: Device;
	readonly #held: Value[] = [];

	/** Throws `inference/tensor` for a tensor that has been disposed of. */
	constructor(device: Device, weights: ReadonlyMap<string, Tensor> = new Map()) {
		const { runtime, places, packed } = device;
		const owners = [...weights].map(([name, tensor]) => ({ name, tensor, value: nativeOf(tensor) }));
		this.#device = device;
		this.packed = owners.length > 0 ? packed.borrow() : undefined;
		for (const { name, tensor, value } of owners) {
			const { dtype, dims, bytes, place } = tensor;
			value.hold();
			this.#held.push(value);
			// The runtime takes only what lies in memory that is not its own.
			this.views.set(name, new Value(runtime, Value.over(runtime, places[place], value, dtype, dims, bytes)));
		}
	}

	/** After the model. */
	[Symbol.dispose](): void {
		if (this.#held.length > 0) this.#device.packed.giveBack();
		for (const view of this.views.values()) view.close();
		for (const value of this.#held.splice(0)) value.letGo();
	}
}
