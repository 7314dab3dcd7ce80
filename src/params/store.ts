import type { Dispose } from "../base/dispose.ts";
import { MutoscopeError } from "../base/errors.ts";
import { Journey } from "./journey.ts";
import { Ramps, type Travel } from "./ramp.ts";
import { type JsonSchema, type Param, type ParamValue, paramsOf, type Values, valueAt, withValue } from "./schema.ts";
import { type Leaf, ParamTree, type Placed } from "./tree.ts";
import { coerce, fromNorm, outOfRange, sameValue, toNorm } from "./value.ts";

/** All values of a part at one instant. Never changed: a new revision is a new snapshot. */
export interface Snapshot {
	/** Grows with every change of the part; of all parts, the greatest is the store's own. */
	readonly revision: number;
	readonly values: Values;
	/** How often each trigger of the part was fired, by its relative address. Only grows. */
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
	/** The revision that holds what was asked for: an earlier one where nothing had to change. */
	readonly revision: number;
	/** The value that was kept, by full address, where it was out of range. */
	readonly clamped: Readonly<Record<string, ParamValue>>;
	/** The parts that were addressed, and the revision of each. */
	readonly parts: ReadonlyMap<string, number>;
	/** The ramps that set out, if any did. */
	readonly journey?: Journey;
}

/** The one place where parameters live. Every control surface writes it, every session reads it once per chunk. */
export class ParamStore {
	readonly #tree: ParamTree;
	readonly #ramps = new Ramps<Leaf>();
	readonly #watchers = new Set<(change: Change) => void>();
	readonly #structureWatchers = new Set<() => void>();
	readonly #movingWatchers = new Set<() => void>();
	readonly #untold: Change[] = [];
	#telling = false;
	#revision = 0;
	#structure = 0;

	/** `home`: the part that also answers without its name, `/main`. */
	constructor(home = "/main") {
		this.#tree = new ParamTree(home);
	}

	/** The revision of the last change. */
	get revision(): number {
		return this.#revision;
	}

	/** The revision in which parameters last came or went. */
	get structure(): number {
		return this.#structure;
	}

	/**
	 * Puts a part's parameters at an address. What stood there goes; values whose address and type live on are kept.
	 *
	 * `values`, by relative address, are laid over that; what does not fit is left out. Throws `param/clash` and
	 * `guest/invalid`, and changes nothing.
	 */
	mount(at: string, schema: JsonSchema, values: Readonly<Record<string, unknown>> = {}): void {
		const params = paramsOf(schema);
		const gone = this.#tree.leaves(at);
		const kept = new Map(gone.map(({ address, param }) => [`${param.type} ${param.address}`, this.get(address)]));
		const part = this.#tree.place(at, params, this.#revision + 1);
		for (const leaf of gone) this.#ramps.stop(leaf);
		for (const param of params) {
			if (param.type === "trigger") continue;
			for (const raw of [kept.get(`${param.type} ${param.address}`), values[param.address]]) {
				if (raw === undefined) continue;
				try {
					part.values = withValue(part.values, param.path, coerce(param, raw));
				} catch {} // a remembered value that no longer fits is as good as none
			}
		}
		this.#restructured();
	}

	/** Takes a part away with all its parameters. */
	unmount(at: string): void {
		if (!this.#tree.part(at)) return;
		for (const leaf of this.#tree.remove(at)) this.#ramps.stop(leaf);
		this.#restructured();
	}

	/** Every parameter, in order of mounting. */
	list(): Placed[] {
		return this.#tree.list();
	}

	/** Every address that leads to a parameter, full ones first: aliases and those without the home part included. */
	addresses(): Iterable<readonly [string, Placed]> {
		return this.#tree.addresses();
	}

	/** The parameter at an address, which may leave out the home part; `undefined` if there is none. */
	find(address: string): Placed | undefined {
		return this.#tree.leaf(address);
	}

	/** Whether something can be sent to an address: a parameter, its `/norm` or its `/ramp`. */
	takes(address: string): boolean {
		return this.#tree.target(address) !== undefined;
	}

	/** The value at an address; of a `/norm` address as 0 … 1. Throws `param/unknown`. */
	get(address: string): ParamValue {
		const { leaf, facet } = this.#tree.target(address) ?? {};
		const value = leaf && (valueAt(leaf.part.values, leaf.param.path) ?? leaf.param.default);
		const wanted = leaf && value !== undefined && facet === "norm" ? toNorm(leaf.param, value) : value;
		if (wanted === undefined || facet === "ramp") throw new MutoscopeError("param/unknown", { address });
		return wanted;
	}

	/** Values that changed after `revision`, by full address; after 0 is all of them. Triggers have none. */
	since(revision: number): Record<string, ParamValue> {
		const values: Record<string, ParamValue> = {};
		for (const { address, param, part, revision: changed } of this.#tree.list()) {
			if (param.type !== "trigger" && changed > revision) {
				values[address] = valueAt(part.values, param.path) ?? param.default;
			}
		}
		return values;
	}

	/** The revision in which the newest of these last changed; the facets of a parameter change with it. 0 of none. */
	changed(addresses: Iterable<string>): number {
		return Math.max(0, ...[...addresses].map((address) => this.#tree.target(address)?.leaf.revision ?? 0));
	}

	/** The snapshot of a part. Throws `param/unknown` when nothing is mounted there. */
	snapshot(at: string): Snapshot {
		const part = this.#tree.part(at);
		if (!part) throw new MutoscopeError("param/unknown", { address: at });
		return { revision: part.revision, values: part.values, fired: part.fired };
	}

	/**
	 * Changes any number of parameters at once, all or none; they land in the same chunk. Later ones win.
	 *
	 * An address may end in `/norm` (0 … 1) or `/ramp` (`[target, seconds, curve?]`, from `now` on the clock that `tick` is
	 * given). A trigger is fired by anything that reads as true. Throws `param/unknown`, `param/read-only`,
	 * `param/invalid` and changes nothing.
	 */
	set(changes: Iterable<readonly [string, unknown]>, origin: string, now = 0): Commit {
		const values = new Map<Leaf, ParamValue>();
		const fired: Leaf[] = [];
		const ramps = new Map<Leaf, Travel>();
		const clamped: Record<string, ParamValue> = {};
		for (const [address, raw] of changes) {
			const target = this.#tree.target(address);
			if (!target) throw new MutoscopeError("param/unknown", { address });
			const { leaf, facet } = target;
			if (leaf.param.readOnly) throw new MutoscopeError("param/read-only", { address });
			if (facet === "ramp") {
				const from = Number(values.get(leaf) ?? this.get(leaf.address));
				ramps.set(leaf, Ramps.travel(leaf.param, address, raw, from, now));
				continue;
			}
			const one = single(leaf.param, raw);
			const value = facet === "self" ? coerce(leaf.param, one, address) : fromNorm(leaf.param, one, address);
			if (leaf.param.type === "trigger") {
				if (value === true) fired.push(leaf);
				continue;
			}
			values.set(leaf, value);
			ramps.delete(leaf);
			if (facet === "self" && outOfRange(leaf.param, one)) clamped[leaf.address] = value;
			else delete clamped[leaf.address];
		}
		for (const leaf of values.keys()) this.#ramps.stop(leaf);
		this.#commit(values, fired, origin);
		const rested = !this.moving;
		const journey = new Journey(
			[...ramps.keys()].map(({ part }) => part),
			ramps.size,
		);
		for (const [leaf, travel] of ramps) this.#ramps.start(leaf, travel, journey);
		if (rested && this.moving) for (const tell of this.#movingWatchers) tell();
		const touched = [...values.keys(), ...fired, ...ramps.keys()].map(({ part }) => part);
		const parts = new Map(touched.map(({ at, revision }) => [at, revision]));
		return { revision: Math.max(0, ...parts.values()), clamped, parts, ...(ramps.size > 0 && { journey }) };
	}

	/** Says how read-only parameters of a part stand, by relative address; the rest is left out. Throws `param/invalid`. */
	show(at: string, values: Readonly<Record<string, unknown>>, origin: string): void {
		const own = this.#tree.leaves(at).filter(({ param }) => param.readOnly && Object.hasOwn(values, param.address));
		this.#commit(new Map(own.map((leaf) => [leaf, coerce(leaf.param, values[leaf.param.address])])), [], origin);
	}

	/** Why a value would be refused at an address, or `undefined` if `set` takes it. */
	refusal(address: string, raw: unknown): MutoscopeError | undefined {
		const { leaf, facet } = this.#tree.target(address) ?? {};
		if (!leaf) return new MutoscopeError("param/unknown", { address });
		if (leaf.param.readOnly) return new MutoscopeError("param/read-only", { address });
		try {
			if (facet === "ramp") Ramps.travel(leaf.param, address, raw, 0, 0);
			else if (facet === "norm") fromNorm(leaf.param, single(leaf.param, raw), address);
			else coerce(leaf.param, single(leaf.param, raw), address);
			return undefined;
		} catch (error) {
			if (error instanceof MutoscopeError) return error as MutoscopeError;
			throw error;
		}
	}

	/** Whether a parameter is on its way, so that `tick` has work. */
	get moving(): boolean {
		return this.#ramps.size > 0;
	}

	/** Calls `listener` when something sets out while everything rested, until disposed: `tick` has work from now on. */
	watchMoving(listener: () => void): Dispose {
		this.#movingWatchers.add(listener);
		return () => this.#movingWatchers.delete(listener);
	}

	/** Moves every ramp to where it stands at `now`, in seconds on the clock given to `set`. The origin is `ramp`. */
	tick(now: number): void {
		if (this.moving) this.#ramps.tick(now, (values) => this.#commit(values, [], "ramp"));
	}

	/** Calls `listener` after every change, in order, until disposed. It may set further, but must not throw. */
	watch(listener: (change: Change) => void): Dispose {
		this.#watchers.add(listener);
		return () => this.#watchers.delete(listener);
	}

	/** Calls `listener` after parameters came or went, until disposed. */
	watchStructure(listener: () => void): Dispose {
		this.#structureWatchers.add(listener);
		return () => this.#structureWatchers.delete(listener);
	}

	/** Values by relative address, for storage; without triggers and what cannot be set. */
	save(at: string): Record<string, ParamValue> {
		const kept = this.#tree.part(at)?.params.filter(({ type, readOnly }) => type !== "trigger" && !readOnly) ?? [];
		return Object.fromEntries(kept.map(({ address }) => [address, this.get(at + address)]));
	}

	#commit(values: ReadonlyMap<Leaf, ParamValue>, fired: readonly Leaf[], origin: string): void {
		const revision = this.#revision + 1;
		const changed = new Map<string, ParamValue>();
		for (const [leaf, value] of values) {
			const { address, param, part } = leaf;
			if (sameValue(valueAt(part.values, param.path), value)) continue;
			part.values = withValue(part.values, param.path, value);
			part.revision = revision;
			leaf.revision = revision;
			changed.set(address, value);
		}
		for (const { param, part } of fired) {
			part.fired = { ...part.fired, [param.address]: (part.fired[param.address] ?? 0) + 1 };
			part.revision = revision;
		}
		if (changed.size === 0 && fired.length === 0) return;
		this.#revision = revision;
		this.#untold.push({ revision, origin, values: changed, fired: fired.map(({ address }) => address) });
		this.#tell();
	}

	/** What a listener sets in turn is told after everyone heard of what it listened to. */
	#tell(): void {
		if (this.#telling) return;
		this.#telling = true;
		try {
			for (let change = this.#untold.shift(); change; change = this.#untold.shift()) {
				for (const tell of this.#watchers) tell(change);
			}
		} finally {
			this.#telling = false;
		}
	}

	#restructured(): void {
		this.#structure = ++this.#revision;
		for (const tell of this.#structureWatchers) tell();
	}
}

/** OSC sends every value as a list; a list of one is that one, unless the parameter is itself a list. */
function single(param: Param, raw: unknown): unknown {
	if (!Array.isArray(raw) || param.type === "numbers") return raw;
	if (raw.length === 0) return null;
	return raw.length === 1 ? raw[0] : raw;
}
