import type { Log } from "../base/log.ts";
import type { Rings, Snapshots, Task, ToChild, ToParent } from "./messages.ts";

/** How what runs in a child speaks to the parent. */
export interface Outside {
	/** Sends if the parent is still there. */
	send(message: ToParent): void;
	readonly log: Log;
	/** Aborts when the process is to end; the role is disposed after. */
	readonly signal: AbortSignal;
}

/** What a child was started with. */
export interface Start {
	readonly task: Task;
	readonly snapshots: Snapshots;
	readonly rings: Rings;
}

/** What runs in a child: a session, a source or sink, a service. Disposed after its signal has aborted. */
export interface Role extends AsyncDisposable {
	/** Rejects when it cannot go on. Resolves only after its signal has aborted. */
	readonly over: Promise<void>;
	/** Everything as it is turned now. */
	params(snapshots: Snapshots): void;
	/** Another task of the same role. */
	task?(task: Task, snapshots: Snapshots): Promise<void>;
	/** Other rings to read and write. */
	rings?(rings: Rings): void;
	/** What came of something that it wanted turned. */
	turned?(answer: Extract<ToChild, { type: "turned" }>): void;
	/** Answers the daemon. */
	call?(method: string, input: unknown, signal: AbortSignal): Promise<unknown>;
	/** Numbers for the panel. */
	report(): Record<string, unknown>;
}
