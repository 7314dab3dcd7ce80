import { MutoscopeError } from "../../base/errors.ts";
import { DTYPES, type DType } from "../dtype.ts";
import { elementsOf, fill } from "../elements.ts";
import type { WeightRef } from "../weights/ref.ts";
import { type Dim, normalise } from "./dims.ts";
import { type Domain, encodeModel, type NodeParts } from "./model-proto.ts";
import { type Attribute, printShape, type Typed, type Value } from "./value.ts";

interface Node extends Omit<NodeParts, "inputs" | "outputs"> {
	readonly inputs: readonly (Value | undefined)[];
	readonly outputs: readonly Value[];
}

type Constant = Value & { readonly bytes: Uint8Array };
type Weight = Value & { readonly ref: WeightRef };

/**
 * What every graph has: inputs, outputs, weights, constants, and nodes made by hand. The operators by name are in the
 * classes on top of it, a family each.
 */
export class GraphCore {
	readonly name: string;
	readonly #names = new Map<string, number>();
	readonly #inputs: Value[] = [];
	readonly #outputs = new Map<string, Value>();
	readonly #nodes: Node[] = [];
	readonly #made = new Set<string>();
	readonly #constants = new Map<string, Constant>();
	readonly #weights = new Map<string, Weight>();
	readonly #casts = new Map<string, Value>();
	readonly #scopes: string[] = [];

	/** `name` stands in errors and profiles. */
	constructor(name: string) {
		this.name = name;
	}

	/** What is fed in at every run. A name in `shape` is a length that may differ from run to run. */
	input(name: string, dtype: DType, shape: readonly Dim[]): Value {
		if (this.#names.has(name)) throw new TypeError(`${this.name} has two inputs or tensors called ${name}`);
		this.#names.set(name, 1);
		const value = { graph: this, name, dtype, shape: shape.map(normalise) };
		this.#inputs.push(value);
		return value;
	}

	/** Names what a run gives back. */
	output(name: string, value: Value): void {
		this.#own(value);
		if (this.#outputs.has(name)) throw new TypeError(`${this.name} has two outputs called ${name}`);
		if (this.#names.has(name) && value.name !== name) throw new TypeError(`${name} is the name of another tensor`);
		this.#names.set(name, 1);
		this.#outputs.set(name, value);
	}

	/**
	 * A tensor read from its file, in place. With `as`, cast to that type when the graph runs (or, by ONNX Runtime, when it is
	 * loaded). The same tensor asked for twice is the same value.
	 */
	weight(ref: WeightRef, { as = ref.dtype }: { readonly as?: DType } = {}): Value {
		const key = `${ref.file}\n${ref.offset}\n${ref.dtype}\n${ref.shape.join()}`;
		let weight = this.#weights.get(key);
		if (!weight) {
			weight = { graph: this, name: this.#unique(ref.name), dtype: ref.dtype, shape: ref.shape, ref };
			this.#weights.set(key, weight);
		}
		return as === ref.dtype ? weight : this.#castOnce(weight, as);
	}

	/** A tensor written into the graph: for small ones. The same contents give the same value. */
	constant(dtype: DType, shape: readonly number[], data: ArrayLike<number> | ArrayBufferView): Value {
		const count = shape.reduce((a, b) => a * b, 1);
		const bytes = new Uint8Array(count * DTYPES[dtype].bytes);
		if (!fill(dtype, elementsOf(dtype, bytes.buffer), data)) {
			throw new TypeError(`a constant of the shape ${printShape(shape)} is given other than ${count} elements`);
		}
		const key = `${dtype} ${shape.join()} ${Buffer.from(bytes.buffer).toString("latin1")}`;
		const known = this.#constants.get(key);
		if (known) return known;
		const value = { graph: this, name: this.#unique("const"), dtype, shape, bytes };
		this.#constants.set(key, value);
		return value;
	}

	/** A constant without axes, fp32 unless said otherwise. */
	scalar(value: number, dtype: DType = "float32"): Value {
		return this.constant(dtype, [], [value]);
	}

	/** Names all that `build` makes, so that errors and profiles say where: `blocks.0/self_attn/Gemm`. Scopes nest. */
	scope<T>(name: string, build: () => T): T {
		this.#scopes.push(name);
		try {
			return build();
		} finally {
			this.#scopes.pop();
		}
	}

	/** Any operator: what is not offered by name. Types and shapes of the outputs are taken on trust. */
	node(
		op: string,
		inputs: readonly (Value | undefined)[],
		outputs: readonly Typed[],
		attributes: Readonly<Record<string, Attribute>> = {},
		domain: Domain = "",
	): Value[] {
		for (const input of inputs) if (input) this.#own(input);
		const name = this.#unique([...this.#scopes, op].join("/"));
		const values = outputs.map(({ dtype, shape }, i) => ({
			graph: this,
			name: i === 0 ? this.#unique(`${name}:0`) : this.#unique(`${name}:${i}`),
			dtype,
			shape: shape.map(normalise),
		}));
		this.#nodes.push({ op, domain, name, inputs, outputs: values, attributes });
		for (const value of values) this.#made.add(value.name);
		return values;
	}

	/** Any operator with one output. */
	one(
		op: string,
		inputs: readonly (Value | undefined)[],
		output: Typed,
		attributes: Readonly<Record<string, Attribute>> = {},
		domain: Domain = "",
	): Value {
		const [value] = this.node(op, inputs, [output], attributes, domain);
		return value as Value;
	}

	/**
	 * The same tensor with its lengths named otherwise, where the author knows that they are equal: `"2*frames"` and 8, say.
	 * Throws `graph/shape` where they cannot be.
	 */
	assume(value: Value, shape: readonly Dim[]): Value {
		const named = shape.map(normalise);
		const differs = (dim: Dim, i: number): boolean => {
			const other = value.shape[i];
			return typeof dim === "number" && typeof other === "number" && dim !== other;
		};
		if (named.length !== value.shape.length || named.some(differs)) {
			this.fail("assume", `${printShape(value.shape)} is not ${printShape(named)}`);
		}
		return { ...value, shape: named };
	}

	/** Refuses an operator: `graph/shape`, with where it stands. */
	fail(op: string, reason: string): never {
		const scope = [this.name, ...this.#scopes].join("/");
		throw new MutoscopeError("graph/shape", { op, scope, reason });
	}

	/** The ONNX model: operator set 24, IR version 11. Only what the outputs need is in it, and every input. */
	encode(): Uint8Array<ArrayBuffer> {
		const { nodes, used } = this.#reach();
		const renamed = new Map<string, string>();
		const copies: NodeParts[] = [];
		for (const [name, value] of this.#outputs) {
			const free = this.#made.has(value.name) && !renamed.has(value.name);
			if (free) renamed.set(value.name, name);
			else if (value.name !== name) {
				const source = renamed.get(value.name) ?? value.name;
				copies.push({ op: "Identity", domain: "", name, inputs: [source], outputs: [name], attributes: {} });
			}
		}
		const named = (value: Value | undefined): string => (value ? (renamed.get(value.name) ?? value.name) : "");
		return encodeModel({
			name: this.name,
			nodes: [
				...nodes.map((node) => ({ ...node, inputs: node.inputs.map(named), outputs: node.outputs.map(named) })),
				...copies,
			],
			inputs: this.#inputs,
			outputs: [...this.#outputs].map(([name, { dtype, shape }]) => ({ name, dtype, shape })),
			between: nodes.flatMap(({ outputs }) => outputs.filter(({ name }) => !renamed.has(name))),
			weights: [...this.#weights.values()]
				.filter(({ name }) => used.has(name))
				.map((w) => ({ ...w.ref, name: w.name })),
			constants: [...this.#constants.values()].filter(({ name }) => used.has(name)),
		});
	}

	/** What is fed in, in the order of declaration. */
	get inputs(): readonly Value[] {
		return this.#inputs;
	}

	/** What a run gives back, by the names of the outputs. */
	get outputs(): readonly Value[] {
		return [...this.#outputs].map(([name, value]) => ({ ...value, name }));
	}

	/** Files that the weights lie in. */
	get files(): readonly string[] {
		return [...new Set([...this.#weights.values()].map(({ ref }) => ref.file))];
	}

	#castOnce(value: Value, dtype: DType): Value {
		const key = `${value.name} ${dtype}`;
		let cast = this.#casts.get(key);
		if (!cast) {
			cast = this.one("Cast", [value], { dtype, shape: value.shape }, { to: DTYPES[dtype].onnx });
			this.#casts.set(key, cast);
		}
		return cast;
	}

	#reach(): { nodes: Node[]; used: ReadonlySet<string> } {
		const used = new Set([...this.#outputs.values()].map(({ name }) => name));
		const nodes = this.#nodes
			.toReversed()
			.filter(({ inputs, outputs }) => {
				const needed = outputs.some(({ name }) => used.has(name));
				if (needed) for (const input of inputs) if (input) used.add(input.name);
				return needed;
			})
			.reverse();
		return { nodes: stillFirst(nodes, this.#inputs), used };
	}

	#own(value: Value): void {
		if (value.graph !== this) throw new TypeError(`${value.name} belongs to another graph`);
	}

	#unique(name: string): string {
		const count = this.#names.get(name);
		this.#names.set(name, (count ?? 0) + 1);
		return count === undefined ? name : this.#unique(`${name}#${count}`);
	}
}

/**
 * Nodes that depend on no input stand first. Of a node's operands the runtime computes first what was written last: all
 * weights would be cast, and in memory, before anything else is computed.
 */
function stillFirst(nodes: readonly Node[], inputs: readonly Value[]): Node[] {
	const fed = new Set(inputs.map(({ name }) => name));
	const moves = nodes.map((node) => {
		const moves = node.inputs.some((input) => input && fed.has(input.name));
		if (moves) for (const { name } of node.outputs) fed.add(name);
		return moves;
	});
	return [...nodes.filter((_, i) => !moves[i]), ...nodes.filter((_, i) => moves[i])];
}
