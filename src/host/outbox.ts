import type { Snapshot } from "../params/store.ts";
import type { Task, ToChild } from "./messages.ts";

/** Seconds between two messages, so that a storm of changes does not become a storm of messages. */
const PAUSE = 0.004;

/** What an outbox needs. */
export interface OutboxOptions {
	task(): Task;
	snapshots(): Record<string, Snapshot>;
	/** Task or snapshots could not be read. */
	failed(error: unknown): void;
}

/** Sends a message and calls `sent` once the channel has taken it; `false` if there is nobody. */
export type Send = (message: ToChild, sent: () => void) => boolean;

/** Keeps a child up to date: remembers only that something changed, and sends the newest when the last has gone. */
export class Outbox {
	readonly #options: OutboxOptions;
	#send: Send | undefined;
	#turned = false;
	#recast = false;
	/** Whether a message is on its way, or about to be written. */
	#busy = false;

	constructor(options: OutboxOptions) {
		this.#options = options;
	}

	/** Another child, that was just told everything; or none. */
	to(send: Send | undefined): void {
		this.#send = send;
		this.#turned = false;
		this.#recast = false;
		this.#busy = false;
	}

	/** Something was turned. */
	feed(): void {
		this.#turned = true;
		this.#soon();
	}

	/** The task changed, and perhaps values with it. */
	retask(): void {
		this.#recast = true;
		this.#soon();
	}

	/** After everything that is being changed right now, so that one message has it all. */
	#soon(): void {
		if (this.#busy || !this.#send) return;
		this.#busy = true;
		const send = this.#send;
		queueMicrotask(() => this.#write(send));
	}

	#write(send: Send): void {
		if (send !== this.#send) return;
		const { task, snapshots, failed } = this.#options;
		const recast = this.#recast;
		this.#recast = false;
		this.#turned = false;
		try {
			const values = snapshots();
			const message: ToChild = recast
				? { type: "task", task: task(), snapshots: values }
				: { type: "params", snapshots: values };
			send(message, () => setTimeout(() => this.#gone(send), PAUSE * 1000));
		} catch (error) {
			this.#busy = false;
			failed(error);
		}
	}

	#gone(send: Send): void {
		if (send !== this.#send) return;
		this.#busy = false;
		if (this.#turned || this.#recast) this.#soon();
	}
}
