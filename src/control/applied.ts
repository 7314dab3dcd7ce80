import type { Dispose } from "../base/dispose.ts";
import type { JourneyEnd } from "../params/journey.ts";
import type { Commit } from "../params/store.ts";
import type { Applied, Showing } from "./showing.ts";

/** How many may wait at once; beyond that the oldest are given up. */
const WAITING = 1024;

/** Of what, and what is told beside the frame. */
interface Wanted {
	readonly id: string | number;
	readonly travel?: "begun" | JourneyEnd;
}

interface Waiting extends Omit<Applied, "frame"> {
	readonly wanted: Wanted;
}

/**
 * In which frame a change became visible; frame -1 and no session of one that no session shows.
 *
 * A change with ramps is told of twice: with `begun`, and once the last of them is over.
 */
export interface Shown extends Wanted {
	readonly rev: number;
	readonly session: string;
	readonly frame: number;
}

/** Tells a client in which frame each of its changes became visible. */
export class AppliedWatch implements Disposable {
	readonly #context: Showing;
	readonly #tell: (shown: Shown) => void;
	readonly #stop: () => void;
	readonly #travelling = new Set<Dispose>();
	#waiting: Waiting[] = [];

	constructor(context: Showing, tell: (shown: Shown) => void) {
		this.#context = context;
		this.#tell = tell;
		this.#stop = context.onApplied((applied) => this.#applied(applied));
	}

	/** Waits for every session that a commit touches; one that touches none is as visible as it will be. */
	await(id: string | number, { parts, journey }: Commit): void {
		if (!journey) {
			this.#await({ id }, parts);
			return;
		}
		this.#await({ id, travel: "begun" }, parts);
		const over = (travel: JourneyEnd) => this.#await({ id, travel }, journey.parts);
		if (journey.end) {
			over(journey.end);
			return;
		}
		const forget = journey.onOver((travel) => {
			this.#travelling.delete(forget);
			over(travel);
		});
		this.#travelling.add(forget);
	}

	#await(wanted: Wanted, parts: ReadonlyMap<string, number>): void {
		const needed = new Map<string, number>();
		for (const [part, revision] of parts) {
			const session = part.split("/")[1] ?? "";
			if (this.#context.applied(session)) needed.set(session, Math.max(revision, needed.get(session) ?? 0));
		}
		if (needed.size === 0) this.#tell({ ...wanted, rev: Math.max(0, ...parts.values()), session: "", frame: -1 });
		for (const [session, revision] of needed) {
			const last = this.#context.applied(session);
			if (last && last.revision >= revision) this.#tell({ ...wanted, rev: revision, session, frame: last.frame });
			else this.#waiting.push({ wanted, session, revision });
		}
		if (this.#waiting.length > WAITING) this.#waiting = this.#waiting.slice(-WAITING);
	}

	[Symbol.dispose](): void {
		this.#stop();
		for (const forget of this.#travelling) forget();
		this.#travelling.clear();
		this.#waiting = [];
	}

	#applied({ session, revision, frame }: Applied): void {
		if (this.#waiting.length === 0) return;
		const visible = (one: Waiting) => one.session === session && one.revision <= revision;
		const told = this.#waiting.filter(visible);
		this.#waiting = this.#waiting.filter((one) => !visible(one));
		if (!Number.isFinite(revision)) return;
		for (const { wanted, revision: rev } of told) this.#tell({ ...wanted, rev, session, frame });
	}
}
