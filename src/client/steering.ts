import { type ErrorBody, fromBody } from "../base/errors.ts";
import type { ParamValue } from "../params/schema.ts";
import { Outbox } from "./outbox.ts";
import type { Ack } from "./requests.ts";
import type { Values } from "./values.ts";

/** Values by full address. */
type Changes = Readonly<Record<string, ParamValue>>;

/** The way to the daemon, as the steering needs it. */
export interface Wire {
	/** Whether a set may be sent now. */
	ready(): boolean;
	/** Sends a set and returns its id. */
	send(values: Changes): number;
	/** Something was not accepted. */
	refused(addresses: readonly string[], error: Error): void;
	/** The daemon's own values, for those that have to go back. */
	ask(addresses: readonly string[]): Promise<Readonly<Record<string, ParamValue>>>;
}

/** A value that was sent, and what was heard of its address since. */
interface Sent {
	readonly id: number;
	heard?: { readonly rev: number; readonly value: ParamValue };
}

/** So many sets may be without an answer; the next waits, newest value first, so that a slow line adds no delay. */
const IN_FLIGHT = 4;

/** A hand on the faders: what it sets counts here at once, and the daemon decides in the end. */
export class Steering {
	readonly #values: Values;
	readonly #wire: Wire;
	readonly #outbox = new Outbox((values) => this.#send(values));
	readonly #sets = new Map<string | number, Changes>();
	readonly #sent = new Map<string, Sent>();

	constructor(values: Values, wire: Wire) {
		this.#values = values;
		this.#wire = wire;
	}

	/** Whether `id` is that of a set that was sent from here. */
	owns(id: string | number): boolean {
		return this.#sets.has(id);
	}

	/** Sets a value; see `Client.set`. */
	put(address: string, value: ParamValue): void {
		this.#values.put(address, value);
		this.#outbox.put(address, value);
	}

	/** Takes in what the daemon says. An address that this hand holds keeps its value until the hand was answered. */
	heard(address: string, value: ParamValue, rev: number): void {
		const sent = this.#sent.get(address);
		if (sent) sent.heard = { rev, value };
		else if (!this.#outbox.has(address)) this.#values.put(address, value);
	}

	/** A set was accepted: its values stand, unless they were clamped or someone came after it. Other acks are no matter. */
	acknowledged({ id, rev, clamped }: Ack): void {
		const values = this.#sets.get(id);
		if (!values) return;
		this.#sets.delete(id);
		for (const address of Object.keys(values)) {
			const sent = this.#sent.get(address);
			if (sent?.id !== id) continue;
			this.#sent.delete(address);
			const kept = sent.heard && sent.heard.rev > rev ? sent.heard.value : clamped[address];
			if (kept !== undefined && !this.#outbox.has(address)) this.#values.put(address, kept);
		}
		this.#outbox.flush();
	}

	/** A set was not accepted. One value can take the others of its message with it, so each is then tried alone. */
	refused(id: string | number, body: ErrorBody): void {
		const values = this.#sets.get(id) ?? {};
		this.#sets.delete(id);
		const addresses = Object.keys(values).filter((address) => this.#sent.get(address)?.id === id);
		for (const address of addresses) this.#sent.delete(address);
		const still = addresses.filter((address) => !this.#outbox.has(address));
		if (Object.keys(values).length > 1) {
			for (const address of still) this.#sendOne(address, values[address] as ParamValue);
		} else {
			this.#wire.refused(Object.keys(values), fromBody(body));
			this.#takeBack(still);
		}
		this.#outbox.flush();
	}

	/** The line is up: what was sent and never answered goes out again, below what is newer. */
	resume(): void {
		for (const values of [...this.#sets.values()].reverse()) this.#outbox.restore(values);
		this.#sets.clear();
		this.#sent.clear();
	}

	/** Sends what waits. */
	flush(): void {
		this.#outbox.flush();
	}

	close(): void {
		this.#outbox.clear();
	}

	#send(values: Changes): boolean {
		if (this.#sets.size >= IN_FLIGHT || !this.#wire.ready()) return false;
		this.#post(values);
		return true;
	}

	#sendOne(address: string, value: ParamValue): void {
		if (this.#wire.ready()) this.#post({ [address]: value });
		else this.#outbox.restore({ [address]: value });
	}

	#post(values: Changes): void {
		const id = this.#wire.send(values);
		this.#sets.set(id, values);
		for (const address of Object.keys(values)) {
			const heard = this.#sent.get(address)?.heard;
			this.#sent.set(address, { id, ...(heard && { heard }) });
		}
	}

	#takeBack(addresses: readonly string[]): void {
		const known = addresses.filter((address) => this.#values.find(address));
		if (known.length === 0) return;
		this.#wire.ask(known).then(
			(values) => {
				for (const [address, value] of Object.entries(values)) {
					if (!this.#outbox.has(address) && !this.#sent.has(address)) this.#values.put(address, value);
				}
			},
			() => {}, // the line went: the values come with the next one
		);
	}
}
