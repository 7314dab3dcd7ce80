import { MutoscopeError } from "../base/errors.ts";
import type { ClientMessage, ServerMessage } from "../protocol/messages.ts";
import { AppliedWatch } from "./applied.ts";
import { type ControlContext, may, type Role } from "./context.ts";
import type { Line } from "./line.ts";
import type { Answer, Resume } from "./resumes.ts";
import { bodyOf, changesOf } from "./terms.ts";

/** Calls of a client that run at once. */
const CALLS = 32;

type Id = string | number;

/** Whose requests these are. */
export interface Requester {
	readonly context: ControlContext;
	readonly line: Line;
	readonly origin: string;
	/** What it remembers of answers; another one after the client turned out to be an earlier one. */
	readonly resume: () => Resume;
	readonly role: () => Role | undefined;
	/** Sends these values although the client set them: they are not what it said. */
	readonly correct: (addresses: readonly string[]) => void;
}

/** Does what a client asks. An id that was seen before is answered again, not done again. */
export class Requests implements Disposable {
	readonly #requester: Requester;
	readonly #applied: AppliedWatch;
	#calls = 0;

	constructor(requester: Requester) {
		this.#requester = requester;
		this.#applied = new AppliedWatch(requester.context, (shown) => requester.line.send({ op: "applied", ...shown }));
	}

	/** The client's role, if it may do what `needed` may. Throws `auth/required`, `auth/forbidden`. */
	need(needed: Role): Role {
		const role = this.#requester.role();
		if (!role) throw new MutoscopeError("auth/required", {});
		if (!may(role, needed)) throw new MutoscopeError("auth/forbidden", { role, needed });
		return role;
	}

	/** Changes parameters, all or none. Throws as `ParamStore.set` does. */
	set(message: Extract<ClientMessage, { op: "set" | "ramp" | "batch" }>): void {
		this.need("operator");
		const { id } = message;
		const known = id === undefined ? undefined : this.#requester.resume().answer(id);
		if (id !== undefined && known) {
			this.#again(id, known);
			return;
		}
		const { context, origin, correct } = this.#requester;
		const changes = message.op === "batch" ? message.ops.flatMap(changesOf) : changesOf(message);
		const commit = context.store.set(changes, origin, context.clock());
		if (id === undefined) {
			correct(Object.keys(commit.clamped));
			return;
		}
		const text = JSON.stringify({
			op: "ack",
			id,
			rev: commit.revision,
			clamped: commit.clamped,
		} satisfies ServerMessage);
		this.#answer(id, { text, commit });
		this.#applied.await(id, commit);
	}

	/** Tells values. Throws `param/unknown`. */
	get({ id, addresses }: Extract<ClientMessage, { op: "get" }>): void {
		const { context, line } = this.#requester;
		const value = Object.fromEntries(addresses.map((address) => [address, context.store.get(address)]));
		line.send({ op: "result", id, value });
	}

	/** Runs a method, and answers when it is done. Throws when it is not even begun. */
	call({ id, method: name, params }: Extract<ClientMessage, { op: "call" }>): void {
		const { context, resume } = this.#requester;
		const known = resume().answer(id);
		if (known) {
			this.#again(id, known);
			return;
		}
		const method = Object.hasOwn(context.methods, name) ? context.methods[name] : undefined;
		if (!method) throw new MutoscopeError("request/not-found", { path: name });
		const role = this.need(method.role);
		if (this.#calls >= CALLS) throw new MutoscopeError("request/too-many", { reason: "calls at once" });
		const { origin, line } = this.#requester;
		this.#calls++;
		resume().keep(id, "pending");
		const caller = { role, origin, signal: line.signal };
		void this.#run(id, name, async () => method.run(params, caller)); // answers with whatever comes of it
	}

	[Symbol.dispose](): void {
		this.#applied[Symbol.dispose]();
	}

	async #run(id: Id, method: string, run: () => Promise<unknown>): Promise<void> {
		let answer: ServerMessage;
		try {
			answer = { op: "result", id, value: (await run()) ?? null };
		} catch (error) {
			if (!(error instanceof MutoscopeError)) this.#requester.context.log.error("A method failed", { method, error });
			answer = { op: "error", id, error: bodyOf(error) };
		}
		this.#calls--;
		this.#answer(id, { text: JSON.stringify(answer) });
	}

	#answer(id: Id, answer: Answer): void {
		this.#requester.resume().keep(id, answer);
		this.#requester.line.sendText(answer.text);
	}

	#again(id: Id, known: Answer | "pending"): void {
		if (known === "pending") return;
		this.#requester.line.sendText(known.text);
		if (known.commit) this.#applied.await(id, known.commit);
	}
}
