import type { Dispose } from "../base/dispose.ts";
import { MutoscopeError } from "../base/errors.ts";
import { type Curve, easings } from "./ramp.ts";
import {
	defaultsOf,
	type JsonSchema,
	type Param,
	type ParamValue,
	paramsOf,
	type Values,
	valueAt,
	withValue,
} from "./schema.ts";
import { coerce, fromNorm, isNumeric, sameValue, toNorm } from "./value.ts";

/** All values of a part at one instant. Never changed: a new revision is a new snapshot. */
export interface Snapshot {
	/** Grows with every change of any parameter. */
	readonly revision: number;
	readonly values: Values;
	/** How often each trigger of the part was fired, by its relative address. */
	readonly fired: Readonly<Record<string, number>>;
}

/** Something was turned. */
export interface Change {
	readonly revision: number;
	/** Who turned it; a listener does not send it back there. */
	readonly origin: string;
	/** New values by full address, without those that stayed. */
	readonly values: ReadonlyMap<string, ParamValue>;
	/** Full addresses of triggers that were fired. */
	readonly fired: readonly string[];
}

/** What came of a `set`. */
export interface Commit {
	/** The revision that holds the change. */
	readonly revision: number;
	/** The value that was kept, by full address, where it was out of range. */
	readonly clamped: Readonly<Record<string, ParamValue>>;
	/** Parts that the change touched. */
	readonly parts: readonly string[];
}

/** A parameter and where it stands. */
export interface Placed {
	/** Full address: `/main/vace/scale`. */
	readonly address: string;
	readonly param: Param;
}

interface Part {
	readonly at: string;
	readonly params: readonly Param[];
	values: Values;
	fired: Record<string, number>;
	revision: number;
}

interface Leaf extends Placed {
	readonly part: Part;
}

interface Ramp {
	readonly leaf: Leaf;
	readonly from: number;
	readonly to: number;
	readonly start: number;
	readonly seconds: number;
	readonly curve: Curve;
	readonly origin: string;
}

/** The one place where parameters live. Every control surface writes it, every session reads it once per chunk. */
export class ParamStore {
	readonly #parts = new Map<string, Part>();
	readonly #leaves = new Map<string, Leaf>();
	readonly #watchers = new Set<(change: Change) => void>();
	readonly #structure = new Set<() => void>();
	readonly #ramps = new Map<string, Ramp>();
	readonly #home: string;
	#revision = 0;

	/** `home`: the part that also answers without its name, `/main`. */
	constructor(home = "/main") {
		this.#home = home;
	}

	/** The revision of the last change. */
	get revision(): number {
		return this.#revision;
	}

	/**
	 * Puts a part's parameters at an address. What stood there goes; values whose address and type live on are kept.
	 *
	 * `values`, by relative address, are laid over that; what does not fit is left out. Throws `param/clash`.
	 */
	mount(at: string, schema: JsonSchema, values: Readonly<Record<string, unknown>> = {}): void {
		const params = paramsOf(schema);
		const before = this.#parts.get(at);
		const kept = new Map<string, ParamValue>();
		for (const param of before?.params ?? []) {
			const value = valueAt((before as Part).values, param.path);
			if (value !== undefined) kept.set(`${param.type} ${param.address}`, value);
		}
		this.#remove(at);
		const part: Part = { at, params, values: defaultsOf(params), fired: {}, revision: ++this.#revision };
		for (const param of params) {
			for (const address of [param.address, ...param.aliases]) {
				if (this.#leaves.has(at + address)) throw new MutoscopeError("param/clash", { address: at + address });
			}
		}
		this.#parts.set(at, part);
		for (const param of params) {
			const leaf = { address: at + param.address, param, part };
			for (const address of [param.address, ...param.aliases]) this.#leaves.set(at + address, leaf);
			const raw = values[param.address] ?? kept.get(`${param.type} ${param.address}`);
			if (raw === undefined || param.type === "trigger") continue;
			try {
				part.values = withValue(part.values, param.path, coerce(param, raw));
			} catch {} // a remembered value that no longer fits is as good as none
		}
		for (const tell of this.#structure) tell();
	}

	/** Takes a part away with all its parameters. */
	unmount(at: string): void {
		if (!this.#parts.has(at)) return;
		this.#remove(at);
		this.#revision++;
		for (const tell of this.#structure) tell();
	}

	/** Every parameter, in order of mounting. */
	list(): Placed[] {
		return [...this.#parts.values()].flatMap(({ at, params }) =>
			params.map((param) => ({ address: at + param.address, param })),
		);
	}

	/** The parameter at an address, which may leave out the home part; `undefined` if there is none. */
	find(address: string): Placed | undefined {
		return this.#leaves.get(address) ?? this.#leaves.get(this.#home + address);
	}

	/** The value at an address; of a `/norm` address as 0 … 1. Throws `param/unknown`. */
	get(address: string): ParamValue {
		const leaf = this.#leaf(address);
		if (leaf) return valueAt(leaf.part.values, leaf.param.path) ?? leaf.param.default;
		const parent = this.#facet(address, "/norm");
		const norm = parent && toNorm(parent.param, this.get(parent.address));
		if (norm === undefined) throw new MutoscopeError("param/unknown", { address });
		return norm;
	}

	/** The snapshot of a part. Throws `param/unknown` when nothing is mounted there. */
	snapshot(at: string): Snapshot {
		const part = this.#parts.get(at);
		if (!part) throw new MutoscopeError("param/unknown", { address: at });
		return { revision: part.revision, values: part.values, fired: part.fired };
	}

	/**
	 * Changes any number of parameters at once, all or none; they land in the same chunk.
	 *
	 * An address may end in `/norm` (0 … 1) or `/ramp` (`[target, seconds, curve?]`). A trigger is fired by anything that
	 * reads as true. Throws `param/unknown`, `param/read-only`, `param/invalid` and changes nothing.
	 */
	set(changes: Iterable<readonly [string, unknown]>, origin: string, now = 0): Commit {
		const values = new Map<Leaf, ParamValue>();
		const fired: Leaf[] = [];
		const ramps: Ramp[] = [];
		const clamped: Record<string, ParamValue> = {};
		for (const [address, raw] of changes) {
			const leaf = this.#leaf(address);
			const parent = leaf ?? this.#facet(address, "/norm") ?? this.#facet(address, "/ramp");
			if (!parent) throw new MutoscopeError("param/unknown", { address });
			if (parent.param.readOnly) throw new MutoscopeError("param/read-only", { address });
			if (!leaf && address.endsWith("/ramp")) {
				ramps.push(this.#ramp(parent, raw, origin, now));
				continue;
			}
			const norm = leaf ? undefined : Number(Array.isArray(raw) ? raw[0] : raw);
			const value = leaf
				? coerce(leaf.param, single(leaf.param, raw), address)
				: fromNorm(parent.param, norm as number, address);
			if (parent.param.type === "trigger") {
				if (value === true) fired.push(parent);
				continue;
			}
			values.set(parent, value);
			if (leaf && outOfRange(leaf.param, raw)) clamped[leaf.address] = value;
		}
		for (const leaf of values.keys()) this.#ramps.delete(leaf.address);
		const revision = this.#commit(values, fired, origin);
		for (const ramp of ramps) this.#ramps.set(ramp.leaf.address, ramp);
		const parts = new Set([...values.keys(), ...fired, ...ramps.map(({ leaf }) => leaf)].map(({ part }) => part.at));
		return { revision, clamped, parts: [...parts] };
	}

	/** Whether a parameter is on its way, so that `tick` has work. */
	get moving(): boolean {
		return this.#ramps.size > 0;
	}

	/** Moves every ramp to where it stands at `now`, in seconds on the clock given to `set`. */
	tick(now: number): void {
		const byOrigin = new Map<string, Map<Leaf, ParamValue>>();
		for (const [address, { leaf, from, to, start, seconds, curve, origin }] of this.#ramps) {
			const share = seconds > 0 ? Math.min(1, Math.max(0, (now - start) / seconds)) : 1;
			const values = byOrigin.get(origin) ?? new Map<Leaf, ParamValue>();
			values.set(leaf, coerce(leaf.param, share === 1 ? to : from + (to - from) * easings[curve](share)));
			byOrigin.set(origin, values);
			if (share === 1) this.#ramps.delete(address);
		}
		// A ramp is the store's own doing: whoever asked for it sees it move like everyone else.
		for (const values of byOrigin.values()) this.#commit(values, [], "ramp");
	}

	/** Calls `listener` after every change, until disposed. A listener must not throw. */
	watch(listener: (change: Change) => void): Dispose {
		this.#watchers.add(listener);
		return () => this.#watchers.delete(listener);
	}

	/** Calls `listener` after parameters came or went, until disposed. */
	watchStructure(listener: () => void): Dispose {
		this.#structure.add(listener);
		return () => this.#structure.delete(listener);
	}

	/** Values by relative address, for storage; without triggers and what cannot be set. */
	save(at: string): Record<string, ParamValue> {
		const part = this.#parts.get(at);
		const saved: Record<string, ParamValue> = {};
		for (const param of part?.params ?? []) {
			if (param.type === "trigger" || param.readOnly) continue;
			saved[param.address] = valueAt((part as Part).values, param.path) ?? param.default;
		}
		return saved;
	}

	#commit(values: ReadonlyMap<Leaf, ParamValue>, fired: readonly Leaf[], origin: string): number {
		const changed = new Map<string, ParamValue>();
		for (const [{ address, param, part }, value] of values) {
			if (sameValue(valueAt(part.values, param.path), value)) continue;
			part.values = withValue(part.values, param.path, value);
			changed.set(address, value);
		}
		for (const { param, part } of fired) {
			part.fired = { ...part.fired, [param.address]: (part.fired[param.address] ?? 0) + 1 };
		}
		if (changed.size === 0 && fired.length === 0) return this.#revision;
		const revision = ++this.#revision;
		for (const { part } of [...values.keys(), ...fired]) part.revision = revision;
		const change = { revision, origin, values: changed, fired: fired.map(({ address }) => address) };
		for (const tell of this.#watchers) tell(change);
		return revision;
	}

	#ramp(leaf: Leaf, raw: unknown, origin: string, now: number): Ramp {
		const [target, seconds, curve = "linear"] = Array.isArray(raw) ? raw : [raw, 0];
		const refuse = (reason: string) =>
			new MutoscopeError("param/invalid", { address: `${leaf.address}/ramp`, value: String(raw), reason });
		if (typeof seconds !== "number" || !(seconds >= 0 && seconds <= 3600)) throw refuse("it takes 0 to 3600 seconds");
		if (!Object.hasOwn(easings, String(curve)))
			throw refuse(`the curve must be one of ${Object.keys(easings).join(", ")}`);
		const to = coerce(leaf.param, target, `${leaf.address}/ramp`) as number;
		return {
			leaf,
			from: this.get(leaf.address) as number,
			to,
			start: now,
			seconds,
			curve: String(curve) as Curve,
			origin,
		};
	}

	#leaf(address: string): Leaf | undefined {
		return this.#leaves.get(address) ?? this.#leaves.get(this.#home + address);
	}

	#facet(address: string, suffix: "/norm" | "/ramp"): Leaf | undefined {
		if (!address.endsWith(suffix)) return undefined;
		const leaf = this.#leaf(address.slice(0, -suffix.length));
		if (!leaf) return undefined;
		if (suffix === "/ramp") return isNumeric(leaf.param) ? leaf : undefined;
		return toNorm(leaf.param, leaf.param.default) === undefined ? undefined : leaf;
	}

	#remove(at: string): void {
		const part = this.#parts.get(at);
		for (const param of part?.params ?? []) {
			for (const address of [param.address, ...param.aliases]) this.#leaves.delete(at + address);
			this.#ramps.delete(at + param.address);
		}
		this.#parts.delete(at);
	}
}

/** OSC sends every value as a list; a list of one is that one, unless the parameter is itself a list. */
function single(param: Param, raw: unknown): unknown {
	if (!Array.isArray(raw) || param.type === "numbers") return raw;
	if (raw.length === 0) return null;
	return raw.length === 1 ? raw[0] : raw;
}

function outOfRange({ min, max }: Param, raw: unknown): boolean {
	const number = Array.isArray(raw) ? raw[0] : raw;
	return typeof number === "number" && ((min !== undefined && number < min) || (max !== undefined && number > max));
}
