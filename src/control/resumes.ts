import { randomBytes } from "node:crypto";
import type { Clock } from "../base/clock.ts";
import type { Commit } from "../params/store.ts";

/** Seconds that a connection may be gone and still come back. */
const KEPT = 600;

/** How many are remembered, how many ids of each, and how many characters of an answer. */
const LIMITS = { sessions: 256, ids: 512, answer: 16_384 } as const;

/** What was answered to an id, as it was sent, and what it changed. */
export interface Answer {
	readonly text: string;
	readonly commit?: Commit;
}

/** What is remembered of a client from one connection to the next. */
export class Resume {
	/** Its name: only the client itself knows it. */
	readonly session = randomBytes(16).toString("base64url");
	readonly #answers = new Map<string | number, Answer | "pending">();
	/** Everything up to this revision was sent to it. */
	synced = 0;
	/** When it went; `undefined` while it is connected. */
	gone: number | undefined;
	/** Ends the connection that it has now, since it came back on another. */
	replace: () => void = () => {};

	/** What was answered to an id; `pending` while the answer is being made. */
	answer(id: string | number): Answer | "pending" | undefined {
		return this.#answers.get(id);
	}

	/** Remembers an answer, and forgets the oldest. */
	keep(id: string | number, answer: Answer | "pending"): void {
		this.#answers.delete(id);
		if (answer !== "pending" && answer.text.length > LIMITS.answer) return; // long answers only tell, and may be told twice
		this.#answers.set(id, answer);
		const [oldest] = this.#answers.keys();
		if (this.#answers.size > LIMITS.ids && oldest !== undefined) this.#answers.delete(oldest);
	}
}

/** Everyone who may come back. */
export class Resumes {
	readonly #clock: Clock;
	readonly #known = new Map<string, Resume>();

	/** `clock`: seconds. */
	constructor(clock: Clock) {
		this.#clock = clock;
	}

	/** A client that is new. */
	begin(): Resume {
		const now = this.#clock();
		for (const [session, { gone }] of this.#known) {
			const crowded = this.#known.size >= LIMITS.sessions;
			if (gone !== undefined && (crowded || now - gone > KEPT)) this.#known.delete(session);
		}
		const resume = new Resume();
		this.#known.set(resume.session, resume);
		return resume;
	}

	/** A client that was here before; `undefined` if nobody knows it. A connection that it still has ends. */
	back(session: string): Resume | undefined {
		const resume = this.#known.get(session);
		resume?.replace();
		if (resume) resume.gone = undefined;
		return resume;
	}

	/** A client turned out to be another one. */
	forget(resume: Resume): void {
		this.#known.delete(resume.session);
	}

	/** A client went, and may come back. */
	leave(resume: Resume): void {
		resume.gone = this.#clock();
	}
}
