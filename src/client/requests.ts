import { type ErrorBody, fromBody, MutoscopeError } from "../base/errors.ts";
import type { ParamValue } from "../params/schema.ts";
import type { ClientInput } from "../protocol/messages.ts";

/** What came of a change: the revision that holds it, and what was out of range, as it was kept. */
export interface Ack {
	readonly id: string | number;
	readonly rev: number;
	readonly clamped: Readonly<Record<string, ParamValue>>;
}

/** A message with an id. */
export type Asked = ClientInput & { readonly id: string | number };

interface Request {
	readonly message: Asked;
	readonly resolve: (answer: unknown) => void;
	readonly reject: (error: Error) => void;
	readonly timer: ReturnType<typeof setTimeout>;
	sent: boolean;
}

/** Messages that wait for their answer. */
export class Requests {
	readonly #pending = new Map<string | number, Request>();
	readonly #post: (message: Asked) => boolean;
	readonly #seconds: number;
	#next = 1;

	/** `post` sends a message and says whether it could. `seconds`: how long an answer may take, outages included. */
	constructor(post: (message: Asked) => boolean, seconds: number) {
		this.#post = post;
		this.#seconds = seconds;
	}

	/** An id that no other message of this client has. */
	id(): number {
		return this.#next++;
	}

	/** Sends a message, now or once the line is up. Resolves with the answer, rejects with why it was refused. */
	ask(message: Asked): Promise<unknown> {
		return new Promise((resolve, reject) => {
			const timer = setTimeout(() => this.fail("it did not answer", message.id), this.#seconds * 1000);
			this.#pending.set(message.id, { message, resolve, reject, timer, sent: this.#post(message) });
		});
	}

	/**
	 * The line is up again. What may have been carried out and must not be twice, a call, is repeated only where the
	 * daemon `remembers` its id.
	 */
	resume(remembers: boolean): void {
		for (const request of [...this.#pending.values()]) {
			const { message, sent } = request;
			if (sent && !remembers && message.op === "call") {
				this.fail("the connection was lost before it answered", message.id);
			} else {
				request.sent = this.#post(message);
			}
		}
	}

	/** The answer to a message came. Returns that message. */
	answer(id: string | number, answer: unknown): Asked | undefined {
		const request = this.#take(id);
		request?.resolve(answer);
		return request?.message;
	}

	/** A message was refused. */
	refuse(id: string | number, error: ErrorBody): void {
		this.#take(id)?.reject(fromBody(error));
	}

	/** Gives one up, or all. */
	fail(reason: string, id?: string | number): void {
		for (const each of id === undefined ? [...this.#pending.keys()] : [id]) {
			this.#take(each)?.reject(new MutoscopeError("client/unreachable", { reason }));
		}
	}

	#take(id: string | number): Request | undefined {
		const request = this.#pending.get(id);
		clearTimeout(request?.timer);
		this.#pending.delete(id);
		return request;
	}
}
