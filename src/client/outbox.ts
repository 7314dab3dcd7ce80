import type { ParamValue } from "../params/schema.ts";

/** Seconds between two messages of a fast fader: one for each frame of a 60 Hz screen. */
const INTERVAL = 1 / 60;

/** What waits to be sent: of each address the newest value, never a queue. The last value is never lost. */
export class Outbox {
	readonly #send: (values: Readonly<Record<string, ParamValue>>) => boolean;
	readonly #waiting = new Map<string, ParamValue>();
	#sent = Number.NEGATIVE_INFINITY;
	#timer: ReturnType<typeof setTimeout> | undefined;
	#due = false;

	/** `send` returns false when it cannot take anything now; `flush` is to be called once it can. */
	constructor(send: (values: Readonly<Record<string, ParamValue>>) => boolean) {
		this.#send = send;
	}

	/** Whether a newer value of the address waits here. */
	has(address: string): boolean {
		return this.#waiting.has(address);
	}

	/** Takes a value in. The first after a pause leaves with the end of the current task, others once a frame. */
	put(address: string, value: ParamValue): void {
		this.#waiting.set(address, value);
		if (this.#due || this.#timer !== undefined) return;
		const wait = this.#sent + INTERVAL - performance.now() / 1000;
		if (wait > 0) {
			this.#timer = setTimeout(() => this.flush(), wait * 1000);
		} else {
			this.#due = true;
			queueMicrotask(() => this.flush());
		}
	}

	/** Takes back what was sent and never answered, unless something newer waits already. */
	restore(values: Readonly<Record<string, ParamValue>>): void {
		for (const [address, value] of Object.entries(values)) {
			if (!this.#waiting.has(address)) this.#waiting.set(address, value);
		}
	}

	/** Sends what waits, if it may be sent now. */
	flush(): void {
		clearTimeout(this.#timer);
		this.#timer = undefined;
		this.#due = false;
		if (this.#waiting.size === 0 || !this.#send(Object.fromEntries(this.#waiting))) return;
		this.#waiting.clear();
		this.#sent = performance.now() / 1000;
	}

	/** Forgets what waits. */
	clear(): void {
		clearTimeout(this.#timer);
		this.#timer = undefined;
		this.#due = false;
		this.#waiting.clear();
	}
}
