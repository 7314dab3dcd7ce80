import { readdirSync } from "node:fs";
import { setPriority } from "node:os";

/** Enough to get a quarter of a core that the show wants too, and all of one that nobody wants. */
const NICENESS = 5;

/**
 * Makes this process stand back behind the show's when there is more to do than the processor can.
 *
 * Linux knows priorities of threads only; those that are started later inherit it.
 */
export function standBack(): void {
	const threads = process.platform === "linux" ? readdirSync("/proc/self/task").map(Number) : [0];
	for (const thread of threads) {
		try {
			setPriority(thread, NICENESS);
		} catch {} // it has ended, or this user may not: then it works as others do
	}
}
