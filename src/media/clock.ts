import type { Clock } from "../base/clock.ts";

/** The machine's monotonic clock in seconds: the same in every process (CLOCK_MONOTONIC, QueryPerformanceCounter). */
export const monotonic: Clock = () => {
	const [seconds, nanoseconds] = process.hrtime();
	return seconds + nanoseconds / 1e9;
};
