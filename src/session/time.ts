import type { Clock } from "../base/clock.ts";
import { monotonic } from "../media/clock.ts";
import { untilDue } from "../media/due.ts";

/** The time that a session runs in; tests bring their own. */
export interface Time {
	/** Seconds now. */
	readonly now: Clock;
	/** Waits until `time` on that clock. Rejects with the signal's reason. */
	until(time: number, signal: AbortSignal): Promise<void>;
}

/** The machine's time. */
export const machineTime: Time = { now: monotonic, until: untilDue };
