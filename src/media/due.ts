import { setTimeout } from "node:timers/promises";
import { monotonic } from "./clock.ts";

/** Waits until `time` in seconds on the monotonic clock, at most a millisecond longer. Throws the signal's reason when it aborts. */
export async function untilDue(time: number, signal: AbortSignal): Promise<void> {
	for (let left = time - monotonic(); left > 0; left = time - monotonic()) {
		try {
			await setTimeout(Math.max(1, Math.floor(left * 1000)), undefined, { signal });
		} catch {
			throw signal.reason;
		}
	}
	signal.throwIfAborted();
}
