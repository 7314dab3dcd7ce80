import type { Dispose } from "../base/dispose.ts";

/** A session shows a revision: `frame` is the first that was made with it. */
export type AppliedListener = (session: string, revision: number, frame: number) => void;

/** Which change shows since which frame. */
export class AppliedFeed {
	readonly #listeners = new Set<AppliedListener>();
	readonly #newest = new Map<string, { readonly revision: number; readonly frame: number }>();

	/** A session says that it shows a revision. */
	report(session: string, revision: number, frame: number): void {
		this.#newest.set(session, { revision, frame });
		for (const listener of this.#listeners) listener(session, revision, frame);
	}

	/** What a session showed last; `undefined` before that. */
	newest(session: string): { readonly session: string; readonly revision: number; readonly frame: number } | undefined {
		const newest = this.#newest.get(session);
		return newest && { session, ...newest };
	}

	/** A session is gone: nobody need wait for it. */
	forget(session: string): void {
		this.#newest.delete(session);
		for (const listener of this.#listeners) listener(session, Number.POSITIVE_INFINITY, 0);
	}

	/** Calls `listener` for every report until disposed. */
	watch(listener: AppliedListener): Dispose {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	/** The first frame of each session that shows `revision`; without those that do not by the time `signal` aborts. */
	async wait(sessions: readonly string[], revision: number, signal: AbortSignal): Promise<Record<string, number>> {
		const frames: Record<string, number> = {};
		const missing = new Set(sessions);
		const take = (session: string, shown: number, frame: number) => {
			if (shown < revision || !missing.delete(session)) return;
			if (Number.isFinite(shown)) frames[session] = frame;
		};
		for (const [session, { revision: shown, frame }] of this.#newest) take(session, shown, frame);
		if (missing.size === 0 || signal.aborted) return frames;
		await new Promise<void>((done) => {
			const end = () => {
				unwatch();
				signal.removeEventListener("abort", end);
				done();
			};
			const unwatch = this.watch((session, shown, frame) => {
				take(session, shown, frame);
				if (missing.size === 0) end();
			});
			signal.addEventListener("abort", end);
		});
		return frames;
	}
}
