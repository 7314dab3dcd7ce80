import { MutoscopeError } from "../base/errors.ts";
import type { Journey } from "./journey.ts";
import type { Param } from "./schema.ts";
import { coerce } from "./value.ts";

/** How a value travels from where it is to where it shall be; share of time → share of the way. */
export const easings = {
	linear: (t: number) => t,
	smooth: (t: number) => t * t * (3 - 2 * t),
	in: (t: number) => t * t,
	out: (t: number) => t * (2 - t),
	exp: (t: number) => (t === 0 ? 0 : 2 ** (10 * (t - 1))),
} as const satisfies Record<string, (t: number) => number>;

/** The name of a curve. */
export type Curve = keyof typeof easings;

/** A value on its way. */
export interface Travel {
	readonly from: number;
	readonly to: number;
	/** When it set out, and for how long it goes, in seconds. */
	readonly start: number;
	readonly seconds: number;
	readonly curve: Curve;
}

/** Every value that is on its way, by what it belongs to. */
export class Ramps<Leaf extends { readonly param: Param }> {
	readonly #travels = new Map<Leaf, Travel & { readonly journey: Journey }>();

	/** Reads `[target, seconds, curve?]`. Throws `param/invalid`. */
	static travel(param: Param, address: string, raw: unknown, from: number, start: number): Travel {
		const [target, seconds = 0, curve = "linear", ...more] = Array.isArray(raw) ? raw : [raw];
		const refuse = (reason: string) =>
			new MutoscopeError("param/invalid", { address, value: String(raw).slice(0, 80), reason });
		if (typeof seconds !== "number" || !(seconds >= 0 && seconds <= 3600) || more.length > 0) {
			throw refuse("it takes a target, 0 to 3600 seconds and perhaps a curve");
		}
		if (!Object.hasOwn(easings, String(curve))) {
			throw refuse(`the curve must be one of ${Object.keys(easings).join(", ")}`);
		}
		return { from, to: coerce(param, target, address) as number, start, seconds, curve: String(curve) as Curve };
	}

	/** How many are on their way. */
	get size(): number {
		return this.#travels.size;
	}

	/** Sets out, in place of an earlier travel of the same. */
	start(leaf: Leaf, travel: Travel, journey: Journey): void {
		this.stop(leaf);
		this.#travels.set(leaf, { ...travel, journey });
	}

	/** Stays where it is. */
	stop(leaf: Leaf): void {
		const travel = this.#travels.get(leaf);
		this.#travels.delete(leaf);
		travel?.journey.finish("ended");
	}

	/** Gives `keep` where each stands at `now`. Those that arrived say so after that, and are forgotten. */
	tick(now: number, keep: (values: ReadonlyMap<Leaf, number>) => void): void {
		const values = new Map<Leaf, number>();
		const arrived: Journey[] = [];
		for (const [leaf, { from, to, start, seconds, curve, journey }] of this.#travels) {
			const share = seconds > 0 ? Math.min(1, Math.max(0, (now - start) / seconds)) : 1;
			values.set(leaf, coerce(leaf.param, share === 1 ? to : from + (to - from) * easings[curve](share)) as number);
			if (share < 1) continue;
			this.#travels.delete(leaf);
			arrived.push(journey);
		}
		keep(values);
		for (const journey of arrived) journey.finish("arrived");
	}
}
