import type * as z from "zod";
import type { ParamsSchema } from "../params/meta.ts";
import {
	defaultsOf,
	jsonSchemaOf,
	type Param,
	type ParamValue,
	paramsOf,
	type Values,
	valueAt,
	withValue,
} from "../params/schema.ts";
import type { Snapshot } from "../params/store.ts";
import { coerce, sameValue } from "../params/value.ts";

/**
 * Reads snapshots as values of one schema: complete, in range, triggers `true` once for each time they were fired.
 *
 * A snapshot may come from another pipeline's schema while one is being changed for the other; what does not fit is left
 * at its default.
 */
export class Part<S extends ParamsSchema> {
	readonly params: readonly Param[];
	readonly #triggers: readonly Param[];
	readonly #defaults: Values;
	#seen: Values | undefined;
	#values: Values;
	#fired: Readonly<Record<string, number>> | undefined;

	constructor(schema: S) {
		this.params = paramsOf(jsonSchemaOf(schema));
		this.#triggers = this.params.filter(({ type }) => type === "trigger");
		this.#defaults = defaultsOf(this.params);
		this.#values = this.#defaults;
	}

	/** The values of a snapshot, triggers at rest. The same snapshot gives the same object. */
	read({ values }: Snapshot): z.output<S> {
		if (this.#seen !== values) {
			this.#seen = values;
			this.#values = this.params.reduce((complete, param) => {
				const given = param.type === "trigger" ? undefined : valueAt(values, param.path);
				return given === undefined ? complete : this.#kept(complete, param, given);
			}, this.#defaults);
		}
		return this.#values as z.output<S>;
	}

	/** Addresses of triggers that were fired since the last call; none at the first, for what was fired before is past. */
	take({ fired }: Snapshot): readonly string[] {
		const before = this.#fired;
		this.#fired = fired;
		if (!before || before === fired) return [];
		return this.#triggers
			.map(({ address }) => address)
			.filter((address) => (fired[address] ?? 0) > (before[address] ?? 0));
	}

	/** `values` with these triggers at `true`. */
	withFired(values: Values, addresses: readonly string[]): Values {
		const fired = this.#triggers.filter(({ address }) => addresses.includes(address));
		return fired.reduce((all, { path }) => withValue(all, path, true), values);
	}

	/** `moved` brought back into the ranges; what cannot be meant, or may only be changed by hand, stays as in `rest`. */
	clamp(moved: Values, rest: Values): Values {
		if (moved === rest) return rest;
		return this.params.reduce((clamped, param) => {
			const value = valueAt(moved, param.path);
			if (value === undefined || param.apply === "reload" || sameValue(value, valueAt(rest, param.path)))
				return clamped;
			return this.#kept(clamped, param, value);
		}, rest);
	}

	#kept(values: Values, param: Param, value: ParamValue): Values {
		try {
			return withValue(values, param.path, coerce(param, value));
		} catch {
			return values; // the default, or what the hand has set, is better than nonsense
		}
	}
}
