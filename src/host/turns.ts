import { fromBody, MutoscopeError, reasonOf } from "../base/errors.ts";
import type { Changes, ToChild, ToParent } from "./messages.ts";
import type { SupervisorListener } from "./status.ts";

/** Turns that a guest may have under way. */
const MOST = 64;

type Turned = Extract<ToChild, { type: "turned" }>;

/** In the child: what a guest asks to be turned, until it is answered. */
export class Turns {
	readonly #send: (message: ToParent) => void;
	readonly #open = new Map<number, (answer: Turned) => void>();
	#id = 0;

	constructor(send: (message: ToParent) => void) {
		this.#send = send;
	}

	/** Resolves once everything is turned. Rejects with why nothing is. */
	async turn(changes: Changes): Promise<void> {
		if (this.#open.size >= MOST) throw new MutoscopeError("request/too-many", { reason: `${MOST} are under way` });
		const id = ++this.#id;
		const { promise, resolve, reject } = Promise.withResolvers<void>();
		this.#open.set(id, ({ error }) => (error ? reject(fromBody(strict(error))) : resolve()));
		this.#send({ type: "turn", id, changes });
		await promise;
	}

	/** The daemon's answer. */
	answered(answer: Turned): void {
		const settle = this.#open.get(answer.id);
		this.#open.delete(answer.id);
		settle?.(answer);
	}
}

/** In the daemon: does what a guest asks for, and says what came of it. */
export function answerTurn({ id, changes }: { id: number; changes: Changes }, { turn }: SupervisorListener): Turned {
	try {
		if (!turn) throw new MutoscopeError("request/invalid", { reason: "this guest turns nothing" });
		turn(changes);
		return { type: "turned", id };
	} catch (error) {
		const known =
			error instanceof MutoscopeError ? error : new MutoscopeError("request/invalid", { reason: reasonOf(error) });
		return { type: "turned", id, error: known.toJSON() };
	}
}

/** Without a hint that is not there: the channel keeps `undefined`. */
function strict({ hint, ...error }: NonNullable<Turned["error"]>) {
	return hint === undefined ? error : { ...error, hint };
}
