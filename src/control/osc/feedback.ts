import type { Dispose } from "../../base/dispose.ts";
import type { Param, ParamValue } from "../../params/schema.ts";
import type { Change, ParamStore } from "../../params/store.ts";
import { Pace, type Timing } from "../pace.ts";
import { encode } from "./encode.ts";
import type { OscMessage } from "./packet.ts";
import { type Pattern, readPattern } from "./pattern.ts";
import { oscMessage, type Send } from "./peer.ts";

/** Seconds that a subscription over UDP lives without being renewed. */
export const LEASE = 60;

/** How many listeners there may be, patterns of each, and messages at once. */
const LIMITS = { listeners: 64, patterns: 16, burst: 100 } as const;

/** Someone who is told values. */
interface Listener {
	/** Who is spared what they turned themselves. */
	readonly origins: Set<string>;
	readonly send: Send;
	readonly ready: () => boolean;
	readonly patterns: Map<string, Pattern>;
	/** By full address: under which addresses it wants to hear of it. */
	readonly wanted: Map<string, Set<string>>;
	/** Full addresses that it is yet to be told of. */
	readonly dirty: Set<string>;
	/** What it knows, by the address that it was told under. */
	readonly known: Map<string, ParamValue>;
	readonly pace: Pace;
	/** Seconds on the clock after which it is forgotten; infinite of a connection. */
	expires: number;
}

/** What a peer asks to hear. */
export interface Subscription {
	/** Names the place that values go to; a second subscription with the same key adds to the first. */
	readonly key: string;
	/** Origins that count as the listener itself. */
	readonly origins: readonly string[];
	readonly send: Send;
	/** Whether what was sent before has gone. Until then values wait, and the newest wins. */
	readonly ready: () => boolean;
	/** Whether it ends after `LEASE` unless renewed. */
	readonly leased: boolean;
	readonly pattern: string;
	/** At most so many times a second is each value told. */
	readonly maxHz: number;
}

/** Tells OSC peers what was turned elsewhere: the newest value of each parameter, at a bounded rate, `i f s` only. */
export class Feedback implements Disposable {
	readonly #store: ParamStore;
	readonly #timing: Timing;
	readonly #listeners = new Map<string, Listener>();
	readonly #owned: readonly Dispose[];

	constructor(store: ParamStore, timing: Timing) {
		this.#store = store;
		this.#timing = timing;
		this.#owned = [store.watch((change) => this.#changed(change)), store.watchStructure(() => this.#restructured())];
	}

	/** How many listen. */
	get size(): number {
		return this.#listeners.size;
	}

	/** Adds a pattern and tells the values that it means. Returns false where there are too many, or the pattern is none. */
	subscribe({ key, origins, send, ready, leased, pattern, maxHz }: Subscription): boolean {
		const read = readPattern(pattern, { deep: true });
		if (!read) return false;
		this.#expire();
		let listener = this.#listeners.get(key);
		if (!listener) {
			if (this.#listeners.size >= LIMITS.listeners) return false;
			const pace = new Pace(this.#timing, maxHz, () => this.#flush(key));
			const fresh = { origins: new Set<string>(), patterns: new Map(), wanted: new Map(), dirty: new Set<string>() };
			listener = { ...fresh, send, ready, known: new Map(), pace, expires: Number.POSITIVE_INFINITY };
			this.#listeners.set(key, listener);
		}
		if (listener.patterns.size >= LIMITS.patterns && !listener.patterns.has(pattern)) return false;
		for (const origin of origins) listener.origins.add(origin);
		if (leased) listener.expires = this.#timing.clock() + LEASE;
		listener.pace.hz = maxHz;
		listener.patterns.set(pattern, read);
		this.#want(listener);
		this.sync(key);
		return true;
	}

	/** Lets it live on. Returns false if there is none. */
	renew(key: string): boolean {
		this.#expire();
		const listener = this.#listeners.get(key);
		if (!listener) return false;
		if (listener.expires !== Number.POSITIVE_INFINITY) listener.expires = this.#timing.clock() + LEASE;
		return true;
	}

	/** Takes a pattern away, or all of them. */
	unsubscribe(key: string, pattern?: string): void {
		const listener = this.#listeners.get(key);
		if (!listener) return;
		if (pattern !== undefined) listener.patterns.delete(pattern);
		if (pattern === undefined || listener.patterns.size === 0) {
			listener.pace[Symbol.dispose]();
			this.#listeners.delete(key);
		} else {
			this.#want(listener);
		}
	}

	/** Tells a listener everything it wants to hear, once. Returns false if there is none. */
	sync(key: string): boolean {
		const listener = this.#listeners.get(key);
		if (!listener) return false;
		listener.known.clear();
		for (const address of listener.wanted.keys()) listener.dirty.add(address);
		if (listener.dirty.size > 0) listener.pace.ask();
		return true;
	}

	[Symbol.dispose](): void {
		for (const stop of this.#owned) stop();
		for (const key of [...this.#listeners.keys()]) this.unsubscribe(key);
	}

	#changed({ origin, values }: Change): void {
		for (const listener of this.#listeners.values()) {
			const own = listener.origins.has(origin);
			for (const address of values.keys()) {
				const told = listener.wanted.get(address);
				if (!told) continue;
				if (!own) {
					listener.dirty.add(address);
					continue;
				}
				listener.dirty.delete(address);
				for (const name of told) if (this.#store.takes(name)) listener.known.set(name, this.#store.get(name));
			}
			if (listener.dirty.size > 0) listener.pace.ask();
		}
	}

	#restructured(): void {
		for (const listener of this.#listeners.values()) {
			this.#want(listener);
			for (const address of listener.wanted.keys()) listener.dirty.add(address);
			if (listener.dirty.size > 0) listener.pace.ask();
		}
	}

	/** A value is told under the first of its addresses that a pattern means; as 0 … 1 where a pattern ends in `/norm`. */
	#want(listener: Listener): void {
		listener.wanted.clear();
		for (const pattern of listener.patterns.values()) {
			const met = new Set<string>();
			for (const [address, { address: full, param }] of this.#store.addresses()) {
				if (param.type === "trigger" || met.has(full)) continue;
				const norm = `${address}/norm`;
				const plain = pattern.matches(address);
				const asked = plain ? address : pattern.matches(norm) && this.#store.takes(norm) ? norm : undefined;
				if (asked === undefined) continue;
				met.add(full);
				listener.wanted.set(full, (listener.wanted.get(full) ?? new Set()).add(asked));
			}
		}
	}

	#flush(key: string): void {
		this.#expire();
		const listener = this.#listeners.get(key);
		if (!listener) return;
		if (!listener.ready()) {
			listener.pace.ask(0.05);
			return;
		}
		let room = LIMITS.burst;
		for (const full of listener.dirty) {
			if (room <= 0) break;
			listener.dirty.delete(full);
			const param = this.#store.find(full)?.param;
			for (const address of (param && listener.wanted.get(full)) ?? []) {
				const value = this.#store.get(address);
				if (sameOnWire(listener.known.get(address), value)) continue;
				listener.known.set(address, value);
				listener.send(encode(valueMessage(address, param as Param, value)));
				room--;
			}
		}
		if (listener.dirty.size > 0) listener.pace.ask();
	}

	#expire(): void {
		const now = this.#timing.clock();
		for (const [key, { expires }] of this.#listeners) if (expires < now) this.unsubscribe(key);
	}
}

/** A value as every peer understands it. */
export function valueMessage(address: string, param: Param, value: ParamValue): OscMessage {
	if (typeof value === "string") return oscMessage(address, "s", [value]);
	if (typeof value === "boolean") return oscMessage(address, "i", [value ? 1 : 0]);
	const numbers = typeof value === "number" ? [value] : value;
	const whole = !address.endsWith("/norm") && (param.type === "integer" || param.multipleOf === 1);
	const fits = whole && numbers.every((number) => Math.abs(number) < 2 ** 31);
	return oscMessage(address, (fits ? "i" : "f").repeat(numbers.length), numbers);
}

/** Whether two values are the same once they are written as 32-bit floats. */
function sameOnWire(a: ParamValue | undefined, b: ParamValue): boolean {
	if (typeof a === "number" && typeof b === "number") return Math.fround(a) === Math.fround(b);
	if (typeof a === "object" && typeof b === "object") {
		return a.length === b.length && a.every((item, i) => Math.fround(item) === Math.fround(b[i] as number));
	}
	return a === b;
}
