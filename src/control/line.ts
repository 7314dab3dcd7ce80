import type { ServerMessage } from "../protocol/messages.ts";
import { CLOSE } from "../protocol/wire.ts";
import type { Timing } from "./pace.ts";

/** What carries messages: a WebSocket, a data channel. */
export interface Connection {
	/** Sends text, or an OSC packet. Must not throw once it is closed. */
	send(data: string | Uint8Array): void;
	/** Bytes that were sent and have not gone out yet. */
	buffered(): number;
	/** Closes it; the codes are those of a WebSocket. */
	close(code: number, reason: string): void;
}

/** Bytes that may wait before what can wait is held back, and before a client is cut off; seconds it may be that slow. */
const LIMITS = { waiting: 256 * 1024, most: 4 * 1024 * 1024, patience: 5 } as const;

/** The way to a client: sends while it reads, and cuts it off when it does not. */
export class Line {
	readonly #connection: Connection;
	readonly #timing: Timing;
	readonly #gone = new AbortController();
	#slowSince: number | undefined;

	constructor(connection: Connection, timing: Timing) {
		this.#connection = connection;
		this.#timing = timing;
	}

	/** Aborts when the connection is gone, whoever ended it. */
	get signal(): AbortSignal {
		return this.#gone.signal;
	}

	/** Sends a message. */
	send(message: ServerMessage): void {
		this.sendText(JSON.stringify(message));
	}

	/** Sends a message that is text already, or an OSC packet. */
	sendText(data: string | Uint8Array): void {
		if (this.signal.aborted) return;
		this.#connection.send(data);
		this.roomy();
	}

	/** Whether what can wait may be sent now. Cuts the client off when it stays too slow. */
	roomy(): boolean {
		const waiting = this.#connection.buffered();
		const now = this.#timing.clock();
		if (waiting <= LIMITS.waiting) {
			this.#slowSince = undefined;
			return !this.signal.aborted;
		}
		this.#slowSince ??= now;
		const late = now - this.#slowSince > LIMITS.patience;
		if (late || waiting > LIMITS.most) this.close(CLOSE.slow, "It reads too slowly.");
		return false;
	}

	/** Ends it from our side. */
	close(code: number, reason: string): void {
		if (this.signal.aborted) return;
		this.#gone.abort();
		this.#connection.close(code, reason);
	}

	/** It was ended from the other side. */
	closed(): void {
		this.#gone.abort();
	}
}
