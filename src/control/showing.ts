import type { Dispose } from "../base/dispose.ts";

/** A frame of a session that was the first to be made with a revision. */
export interface Applied {
	readonly session: string;
	/** Of the store: everything up to it is in the picture. Infinite of a session that ended: nobody need wait for it. */
	readonly revision: number;
	/** Index of the frame in the session's output. */
	readonly frame: number;
}

/** Who knows what sessions show. */
export interface Showing {
	/**
	 * What a session showed last: the newest `Applied` of it. A session that has shown nothing yet is at revision and frame
	 * -1; `undefined` is no session.
	 */
	applied(session: string): Applied | undefined;
	/** Calls `listener` for each `Applied`, in order, until disposed. */
	onApplied(listener: (applied: Applied) => void): Dispose;
}
