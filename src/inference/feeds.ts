import { MutoscopeError } from "../base/errors.ts";
import type { DType } from "./dtype.ts";
import { type Dim, termsOf } from "./graph/dims.ts";
import { describe, type Tensor } from "./tensor.ts";

/** An input or an output of a model. */
export interface Port {
	readonly dtype: DType;
	/** A length is a number, a name that stands for any, or an expression of such names; a name is one length in a run. */
	readonly shape: readonly Dim[];
}

/** What names of lengths stand for in one run. */
type Lengths = Map<string, number>;

/**
 * Checks tensors against what a model takes: names, types, ranks, fixed lengths, and that a name is one length throughout.
 *
 * Throws `inference/shape` with every input's name, type and shape.
 */
export function checkFeeds(
	model: string,
	inputs: ReadonlyMap<string, Port>,
	outputs: ReadonlyMap<string, Port>,
	feeds: Readonly<Record<string, Tensor>>,
	fetches: Readonly<Record<string, Tensor>>,
): void {
	const reject = (reason: string) => new MutoscopeError("inference/shape", { model, inputs: listed(feeds), reason });
	const lengths: Lengths = new Map();
	for (const name of inputs.keys()) if (!feeds[name]) throw reject(`the input ${name} is missing`);
	for (const [kind, ports, tensors] of [
		["input", inputs, feeds],
		["output", outputs, fetches],
	] as const) {
		for (const [name, tensor] of Object.entries(tensors)) {
			const port = ports.get(name);
			if (!port) throw reject(`it has no ${kind} ${name}, only ${[...ports.keys()].join(", ")}`);
			const wrong = mismatch(port, tensor, lengths);
			const wanted = () => describe({ dtype: port.dtype, dims: port.shape });
			if (wrong) throw reject(`the ${kind} ${name} is ${describe(tensor)} where ${wanted()} is wanted: ${wrong}`);
		}
		// Names are known only now: `past+tokens` may stand before `tokens`.
		for (const [name, tensor] of Object.entries(tensors)) {
			const wrong = ports.get(name)?.shape.map((dim, axis) => off(dim, tensor.dims[axis] as number, lengths));
			const first = wrong?.find(Boolean);
			if (first) throw reject(`the ${kind} ${name} is ${describe(tensor)}: ${first}`);
		}
	}
}

/** `latents float32[1,16,60,104], timestep int64[1]`. */
export function listed(tensors: Readonly<Record<string, Tensor>>): string {
	const each = Object.entries(tensors).map(([name, tensor]) => `${name} ${describe(tensor)}`);
	return each.join(", ") || "nothing";
}

function mismatch(port: Port, { dtype, dims }: Tensor, lengths: Lengths): string | undefined {
	if (dtype !== port.dtype) return `the type is not ${port.dtype}`;
	if (dims.length !== port.shape.length) return `it has ${dims.length} axes and not ${port.shape.length}`;
	for (const [axis, wanted] of port.shape.entries()) {
		const length = dims[axis] as number;
		if (typeof wanted === "number") {
			if (length !== wanted) return `axis ${axis} is ${length} and not ${wanted}`;
		} else if (wanted !== "") {
			const known = lengths.get(wanted) ?? length;
			if (length !== known) return `axis ${axis}, ${wanted}, is ${length} and ${known} elsewhere`;
			lengths.set(wanted, known);
		}
	}
	return undefined;
}

/** Whether a length is not what its expression gives. Models of others name their axes as they like. */
function off(dim: Dim, length: number, lengths: Lengths): string | undefined {
	if (typeof dim === "number" || dim === "") return undefined;
	let value: number | undefined;
	try {
		value = evaluate(dim, lengths);
	} catch {
		return undefined; // a name, not an expression
	}
	return value === undefined || value === length ? undefined : `${dim} is ${value} and not ${length}`;
}

/** The length that an expression stands for, `undefined` where a name of it is not known. */
function evaluate(dim: Dim, lengths: Lengths): number | undefined {
	if (typeof dim === "number") return dim;
	let sum = 0;
	for (const [count, factors] of termsOf(dim)) {
		let product = count;
		for (const factor of factors) {
			const value =
				typeof factor === "string" ? lengths.get(factor) : divided(evaluate(factor.floor, lengths), factor.by);
			if (value === undefined) return undefined;
			product *= value;
		}
		sum += product;
	}
	return sum;
}

function divided(value: number | undefined, by: number): number | undefined {
	return value === undefined ? undefined : Math.floor(value / by);
}
