import { Backoff } from "../base/backoff.ts";
import type { ClientInput, ServerMessage } from "../protocol/messages.ts";
import { CLOSE, SUBPROTOCOL } from "../protocol/wire.ts";

/** Seconds of silence after which the daemon is asked whether it is there, and after which it is taken for gone. */
const QUIET = 3;
const GONE = 6;

/** More than this waits in the socket: the line is slower than we are. Bytes. */
const FULL = 64 * 1024;

/** What a socket tells its owner. */
export interface SocketEvents {
	message(message: ServerMessage): void;
	/** It ended, or could not be opened. `again`: it is tried again by itself. */
	lost(reason: string, again: boolean): void;
}

/** One WebSocket at a time, opened again with growing pauses (0.25 s … 1 s) until closed. */
export class Socket {
	readonly #url: string;
	readonly #events: SocketEvents;
	readonly #backoff = new Backoff({ first: 0.25, most: 1 });
	#socket: WebSocket | undefined;
	#retry: ReturnType<typeof setTimeout> | undefined;
	#watch: ReturnType<typeof setInterval> | undefined;
	#heard = 0;
	#closed = false;

	constructor(url: string, events: SocketEvents) {
		this.#url = url;
		this.#events = events;
		this.#open();
	}

	/** Whether a message that may wait should wait. */
	get isFull(): boolean {
		return this.#socket?.readyState !== 1 || this.#socket.bufferedAmount > FULL;
	}

	/** Sends, if it is open; what is sent to a closed socket is lost. */
	send(message: ClientInput): void {
		if (this.#socket?.readyState === 1) this.#socket.send(JSON.stringify(message));
	}

	/** It works: the next failure is the first again. */
	settled(): void {
		this.#backoff.reset();
	}

	/** Tries now, without waiting for the pause to end. */
	retry(): void {
		if (this.#closed || this.#socket) return;
		this.#open();
	}

	close(): void {
		this.#closed = true;
		clearTimeout(this.#retry);
		this.#drop();
	}

	#open(): void {
		clearTimeout(this.#retry);
		const socket = new WebSocket(this.#url, SUBPROTOCOL);
		this.#socket = socket;
		this.#heard = performance.now();
		socket.onmessage = ({ data }) => {
			this.#heard = performance.now();
			if (typeof data === "string") this.#events.message(JSON.parse(data) as ServerMessage);
		};
		socket.onclose = ({ code, reason }) => this.#ended(code, reason);
		socket.onerror = () => {}; // a close event always follows, and says more
		this.#watch = setInterval(() => this.#check(), 1000);
	}

	#check(): void {
		const silent = (performance.now() - this.#heard) / 1000;
		if (silent > GONE) this.#ended(1006, "");
		else if (silent > QUIET) this.send({ op: "get", id: "alive", addresses: [] });
	}

	#ended(code: number, reason: string): void {
		this.#drop();
		const again = !this.#closed && code !== CLOSE.unauthorised && code !== CLOSE.rpc;
		if (again) this.#retry = setTimeout(() => this.#open(), this.#backoff.next() * 1000);
		this.#events.lost(reason || (code === 1006 ? "the daemon does not answer" : `closed with code ${code}`), again);
	}

	#drop(): void {
		clearInterval(this.#watch);
		const socket = this.#socket;
		this.#socket = undefined;
		if (!socket) return;
		socket.onmessage = null;
		socket.onclose = null;
		socket.close();
	}
}
