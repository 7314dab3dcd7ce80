import { MutoscopeError } from "../base/errors.ts";
import type { ToChild } from "./messages.ts";

/** How long a call may take, and who may take it back. */
export interface CallOptions {
	readonly signal?: AbortSignal;
	/** Seconds until the answer; 10 unless said. */
	readonly seconds?: number;
}

interface Call {
	readonly method: string;
	readonly input: unknown;
	sent: boolean;
	settle(settle: () => void): void;
	resolve(value: unknown): void;
	reject(error: unknown): void;
}

/** Calls that were made of a child and not yet answered. Those made while it is away wait for it. */
export class Calls {
	readonly #process: string;
	readonly #open = new Map<number, Call>();
	/** Sends to the child if there is one that is ready. */
	readonly #send: (message: ToChild) => boolean;
	#id = 0;

	constructor(process: string, send: (message: ToChild) => boolean) {
		this.#process = process;
		this.#send = send;
	}

	/** Rejects with the child's error, `process/timeout`, `process/crashed` or the signal's reason. */
	make(method: string, input: unknown, { signal, seconds = 10 }: CallOptions): Promise<unknown> {
		if (signal?.aborted) return Promise.reject(signal.reason);
		const id = ++this.#id;
		const { promise, resolve, reject } = Promise.withResolvers<unknown>();
		const cancel = (error: unknown) => {
			const call = this.#open.get(id);
			if (call?.sent) this.#send({ type: "cancel", id });
			call?.settle(() => reject(error));
		};
		const abort = () => cancel(signal?.reason);
		const timer = setTimeout(
			() => cancel(new MutoscopeError("process/timeout", { process: this.#process, seconds })),
			seconds * 1000,
		);
		signal?.addEventListener("abort", abort);
		const settle = (outcome: () => void) => {
			clearTimeout(timer);
			signal?.removeEventListener("abort", abort);
			this.#open.delete(id);
			outcome();
		};
		this.#open.set(id, { method, input, sent: false, settle, resolve, reject });
		this.send();
		return promise;
	}

	/** Sends what was not sent yet: the child is ready. */
	send(): void {
		for (const [id, call] of this.#open) {
			const { sent, method, input } = call;
			if (!sent) call.sent = this.#send({ type: "call", id, method, input });
		}
	}

	/** The child answered. */
	answered(id: number, value: unknown): void {
		const call = this.#open.get(id);
		call?.settle(() => call.resolve(value));
	}

	/** The child refused. */
	refused(id: number, error: unknown): void {
		const call = this.#open.get(id);
		call?.settle(() => call.reject(error));
	}

	/** The child died: what it was asked will not be answered. What was not sent waits for the next. */
	crashed(error: unknown): void {
		for (const call of [...this.#open.values()].filter(({ sent }) => sent)) call.settle(() => call.reject(error));
	}

	/** There will be no other child. */
	close(error: unknown): void {
		for (const call of [...this.#open.values()]) call.settle(() => call.reject(error));
	}
}
