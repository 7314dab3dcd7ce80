import type { Commit } from "../params/store.ts";
import type { Applied, Showing } from "./showing.ts";

/** How many may wait at once; beyond that the oldest are given up. */
const WAITING = 1024;

interface Waiting extends Omit<Applied, "frame"> {
	readonly id: string | number;
}

/** In which frame a change became visible; frame -1 and no session of one that no session shows. */
export interface Shown {
	readonly id: string | number;
	readonly rev: number;
	readonly session: string;
	readonly frame: number;
}

/** Tells a client in which frame each of its changes became visible. */
export class AppliedWatch implements Disposable {
	readonly #context: Showing;
	readonly #tell: (shown: Shown) => void;
	readonly #stop: () => void;
	#waiting: Waiting[] = [];

	constructor(context: Showing, tell: (shown: Shown) => void) {
		this.#context = context;
		this.#tell = tell;
		this.#stop = context.onApplied((applied) => this.#applied(applied));
	}

	/** Waits for every session that a commit touches; one that touches none is as visible as it will be. */
	await(id: string | number, commit: Commit): void {
		const needed = new Map<string, number>();
		for (const [part, revision] of commit.parts) {
			const session = part.split("/")[1] ?? "";
			if (this.#context.applied(session)) needed.set(session, Math.max(revision, needed.get(session) ?? 0));
		}
		if (needed.size === 0) this.#tell({ id, rev: commit.revision, session: "", frame: -1 });
		for (const [session, revision] of needed) {
			const last = this.#context.applied(session);
			if (last && last.revision >= revision) this.#tell({ id, rev: revision, session, frame: last.frame });
			else this.#waiting.push({ id, session, revision });
		}
		if (this.#waiting.length > WAITING) this.#waiting = this.#waiting.slice(-WAITING);
	}

	[Symbol.dispose](): void {
		this.#stop();
		this.#waiting = [];
	}

	#applied({ session, revision, frame }: Applied): void {
		if (this.#waiting.length === 0) return;
		const visible = (one: Waiting) => one.session === session && one.revision <= revision;
		const told = this.#waiting.filter(visible);
		this.#waiting = this.#waiting.filter((one) => !visible(one));
		if (Number.isFinite(revision)) for (const { id, revision: rev } of told) this.#tell({ id, rev, session, frame });
	}
}
