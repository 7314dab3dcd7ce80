import { TokenBucket } from "../bucket.ts";
import { encode } from "./encode.ts";
import type { OscMessage, OscValue } from "./packet.ts";

/** Seconds after which a value that a sender repeats counts as sent anew, and a trigger it holds as let go. */
const HELD = 0.25;

/** How many addresses of one sender are remembered. */
const REMEMBERED = 4096;

/** Where packets of a peer go. */
export type Send = (packet: Uint8Array) => void;

/** How a peer is reached. */
export interface PeerOptions {
	/** Names it among all that turn parameters: `osc:udp:127.0.0.1:9000`. */
	readonly origin: string;
	/** Sends a packet back to where its packets come from. */
	readonly reply: Send;
	/** Sends to another port of the same machine. A connection has none: its subscriptions end with it. */
	readonly to?: (port: number) => Send;
	/** Whether what was sent before has gone; always, unless said. */
	readonly ready?: () => boolean;
	/** What it may send; its own unless shared with its machine's other peers. */
	readonly budget?: Budget;
}

/** How much may be sent: a whole show's worth of messages, and few patterns, which cost more. */
export class Budget {
	readonly messages = new TokenBucket(30_000, 60_000);
	readonly patterns = new TokenBucket(20, 40);
}

/** Someone who sends OSC: a program's UDP socket, a TCP connection, a WebSocket. */
export class Peer {
	readonly origin: string;
	/** Sends at once: ask `ready` before. */
	readonly reply: Send;
	readonly to: ((port: number) => Send) | undefined;
	readonly ready: () => boolean;
	readonly budget: Budget;
	readonly #errors = new TokenBucket(5, 5);
	readonly #held = new Map<string, { value: OscValue; at: number }>();
	/** Whether it was told of that its clock runs elsewhere. */
	warned = false;

	constructor({ origin, reply, to, ready = () => true, budget = new Budget() }: PeerOptions) {
		this.origin = origin;
		this.reply = reply;
		this.to = to;
		this.ready = ready;
		this.budget = budget;
	}

	/**
	 * What this peer last sent to an address, if it has kept sending since.
	 *
	 * TouchDesigner repeats every channel at its frame rate; a value that merely stays must neither undo what another hand
	 * does nor fire a trigger again.
	 */
	holds(address: string, value: OscValue, now: number): OscValue | undefined {
		const held = this.#held.get(address);
		if (!held) {
			if (this.#held.size >= REMEMBERED) this.#held.clear();
			this.#held.set(address, { value, at: now });
			return undefined;
		}
		const before = now - held.at <= HELD ? held.value : undefined;
		held.value = value;
		held.at = now;
		return before;
	}

	/** Tells it what was wrong: `/error ,sis address code sentence`. At most five a second; the others are not even made. */
	refuse(now: number, address: string, error: () => { readonly status: number; readonly message: string }): void {
		if (!this.ready() || !this.#errors.take(now)) return;
		const { status, message } = error();
		this.reply(encode(oscMessage("/error", "sis", [address, status, message])));
	}
}

/** A message. */
export function oscMessage(address: string, types: string, args: readonly OscValue[]): OscMessage {
	return { kind: "message", address, types, args };
}
