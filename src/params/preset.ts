import type { ErrorBody } from "../base/errors.ts";
import type { Curve } from "./ramp.ts";
import type { ParamValue } from "./schema.ts";
import type { Commit, ParamStore } from "./store.ts";

/** Part of a snapshot, with a name: plain data, to be stored and put back. */
export interface Preset {
	readonly name: string;
	/** By full address. */
	readonly values: Readonly<Record<string, ParamValue>>;
}

/** How a preset is put back. */
export interface Recall {
	/** Who asked for it. */
	readonly origin: string;
	/** Numbers travel there for so many seconds; everything else jumps at once. */
	readonly seconds?: number;
	readonly curve?: Curve;
	/** Seconds on the clock that `ParamStore.tick` is given. */
	readonly now?: number;
}

/** What came of a recall. */
export interface Recalled {
	readonly commit: Commit;
	/** What was left out, by address: a parameter that is not there now, a word that it does not know. */
	readonly ignored: Readonly<Record<string, ErrorBody>>;
}

/** The values that stand now at every address that `wanted` names; all of them without it. */
export function capture(store: ParamStore, name: string, wanted: (address: string) => boolean = () => true): Preset {
	const entries = store
		.list()
		.filter(({ address, param }) => param.type !== "trigger" && !param.readOnly && wanted(address))
		.map(({ address }) => [address, store.get(address)] as const);
	return { name, values: Object.fromEntries(entries) };
}

/** Puts a preset back: whatever fits, in one chunk. What does not fit changes nothing and is reported. */
export function recall(store: ParamStore, preset: Preset, options: Recall): Recalled {
	const { origin, seconds = 0, curve = "linear", now = 0 } = options;
	const ignored: Record<string, ErrorBody> = {};
	const changes: [string, unknown][] = [];
	for (const [address, value] of Object.entries(preset.values)) {
		const refusal = store.refusal(address, value);
		if (refusal) ignored[address] = refusal.toJSON();
		else if (seconds > 0 && store.takes(`${address}/ramp`)) changes.push([`${address}/ramp`, [value, seconds, curve]]);
		else changes.push([address, value]);
	}
	return { commit: store.set(changes, origin, now), ignored };
}

/**
 * What lies between two presets; `share` 0 is `a`, 1 is `b`.
 *
 * Numbers, and lists of as many numbers, go straight; everything else switches at half. What only one of them has is as
 * it has it.
 */
export function morph(a: Preset, b: Preset, share: number): Preset {
	const values: Record<string, ParamValue> = { ...a.values, ...b.values };
	for (const [address, from] of Object.entries(a.values)) {
		const to = b.values[address];
		if (to !== undefined) values[address] = between(from, to, share);
	}
	return { name: `${a.name} → ${b.name}`, values };
}

function between(a: ParamValue, b: ParamValue, share: number): ParamValue {
	const travel = (from: number, to: number) => (share >= 1 ? to : from + (to - from) * Math.max(0, share));
	if (typeof a === "number" && typeof b === "number") return travel(a, b);
	if (isList(a) && isList(b) && a.length === b.length) return a.map((item, i) => travel(item, b[i] ?? item));
	return share < 0.5 ? a : b;
}

function isList(value: ParamValue): value is readonly number[] {
	return Array.isArray(value);
}
