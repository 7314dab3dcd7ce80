import { MutoscopeError } from "../base/errors.ts";
import { defaultsOf, type Param, type Values, valueAt } from "./schema.ts";
import { isNumeric, toNorm } from "./value.ts";

/** A parameter and where it stands. */
export interface Placed {
	/** Full address: `/main/vace/scale`. */
	readonly address: string;
	readonly param: Param;
}

/** What was mounted together: a generator's parameters, a sink's … */
export interface Part {
	/** Its address. */
	readonly at: string;
	readonly params: readonly Param[];
	values: Values;
	/** How often each trigger was fired, by relative address. */
	fired: Readonly<Record<string, number>>;
	/** When one of its values last changed. */
	revision: number;
}

/** A parameter, its part, and when its value last changed. */
export interface Leaf extends Placed {
	readonly part: Part;
	revision: number;
}

/** What an address asks for: the parameter itself, its value as 0 … 1, or its travel. */
export interface Target {
	readonly leaf: Leaf;
	readonly facet: "self" | "norm" | "ramp";
}

/** Which parameters there are, and every address that leads to each. */
export class ParamTree {
	readonly #home: string;
	readonly #parts = new Map<string, Part>();
	readonly #leaves = new Map<string, Leaf>();
	/** List items that are called by a name as well, by the address of the parameter that holds it. */
	readonly #callable = new Map<string, { readonly list: string; readonly item: string; readonly name: string }>();

	/** `home`: the part that also answers without its name. */
	constructor(home: string) {
		this.#home = home;
	}

	/** Puts a part in place of what stood at its address. Throws `param/clash` and changes nothing. */
	place(at: string, params: readonly Param[], revision: number): Part {
		const before = this.#parts.get(at);
		const claimed = new Set<string>();
		for (const address of params.flatMap(addressesOf)) {
			const holder = this.#leaves.get(at + address)?.part;
			if (claimed.has(address) || (holder && holder !== before)) {
				throw new MutoscopeError("param/clash", { address: at + address });
			}
			claimed.add(address);
		}
		this.remove(at);
		const part: Part = { at, params, values: defaultsOf(params), fired: before?.fired ?? {}, revision };
		this.#parts.set(at, part);
		for (const param of params) {
			const leaf = { address: at + param.address, param, part, revision };
			for (const address of addressesOf(param)) this.#leaves.set(at + address, leaf);
			const [, item, list] = /^((.*)\/\d+)\//.exec(param.calledBy ?? "") ?? [];
			const name = at + (param.calledBy ?? "");
			if (item !== undefined) this.#callable.set(name, { list: at + list, item: at + item, name });
		}
		return part;
	}

	/** Takes a part away. Returns its parameters. */
	remove(at: string): Leaf[] {
		const leaves = this.leaves(at);
		for (const { param } of leaves) {
			for (const address of addressesOf(param)) this.#leaves.delete(at + address);
			this.#callable.delete(at + (param.calledBy ?? ""));
		}
		this.#parts.delete(at);
		return leaves;
	}

	/** The part at an address. */
	part(at: string): Part | undefined {
		return this.#parts.get(at);
	}

	/** The parameters of a part. */
	leaves(at: string): Leaf[] {
		return this.#parts.get(at)?.params.map(({ address }) => this.#leaves.get(at + address) as Leaf) ?? [];
	}

	/** Every parameter, in order of mounting. */
	list(): Leaf[] {
		return [...this.#parts.keys()].flatMap((at) => this.leaves(at));
	}

	/** Every address that leads to a parameter, full ones before those without the home part. */
	*addresses(): Generator<readonly [string, Leaf]> {
		yield* this.#leaves;
		for (const [address, leaf] of this.#leaves) {
			const short = address.slice(this.#home.length);
			if (address.startsWith(`${this.#home}/`) && !this.#leaves.has(short)) yield [short, leaf];
		}
	}

	/** The parameter at an address. */
	leaf(address: string): Leaf | undefined {
		const plain = this.#leaves.get(address) ?? this.#leaves.get(this.#home + address);
		return plain ?? this.#called(address) ?? this.#called(this.#home + address);
	}

	/** The parameter of a list item that is called by the value of one of its fields: `/main/lora/film-noir/scale`. */
	#called(address: string): Leaf | undefined {
		for (const { list, item, name } of this.#callable.values()) {
			if (!address.startsWith(`${list}/`)) continue;
			const named = this.#leaves.get(name);
			const value = named && valueAt(named.part.values, named.param.path);
			const spelt = typeof value === "string" && value !== "" ? `${list}/${spoken(value)}/` : undefined;
			if (spelt && address.startsWith(spelt)) return this.#leaves.get(`${item}/${address.slice(spelt.length)}`);
		}
		return undefined;
	}

	/** The parameter that an address is, or whose `/norm` or `/ramp` it is. */
	target(address: string): Target | undefined {
		const self = this.leaf(address);
		if (self) return { leaf: self, facet: "self" };
		const facet = address.endsWith("/norm") ? "norm" : address.endsWith("/ramp") ? "ramp" : undefined;
		const leaf = facet && this.leaf(address.slice(0, -"/norm".length));
		if (!leaf) return undefined;
		const has = facet === "ramp" ? isNumeric(leaf.param) : toNorm(leaf.param, leaf.param.default) !== undefined;
		return has ? { leaf, facet } : undefined;
	}
}

/** A name as an address has it; Scope's clients spell file names so, too. */
function spoken(name: string): string {
	return name.replaceAll(/[^\w.-]/g, "-");
}

function addressesOf({ address, aliases }: Param): string[] {
	return [address, ...aliases];
}
