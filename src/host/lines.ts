import type { Readable } from "node:stream";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";

/** Lines a second of what a child prints that are kept. */
const MOST = 50;
/** Characters of a line that are kept. */
const LONGEST = 2000;

/** Lets at most so many things a second through, and counts the rest. */
export class Throttle {
	readonly #most: number;
	readonly #clock: Clock;
	#second = 0;
	#passed = 0;
	#held = 0;

	constructor(most: number, clock: Clock) {
		this.#most = most;
		this.#clock = clock;
	}

	/** Whether one more may pass now. */
	passes(): boolean {
		const second = Math.floor(this.#clock());
		if (second !== this.#second) {
			this.#second = second;
			this.#passed = 0;
		}
		if (this.#passed < this.#most) {
			this.#passed++;
			return true;
		}
		this.#held++;
		return false;
	}

	/** How many were held back since this was last asked. */
	take(): number {
		const held = this.#held;
		this.#held = 0;
		return held;
	}
}

/** What a child prints, line by line into the log. */
export class Printed {
	readonly #log: Log;
	readonly #throttle: Throttle;
	/** The last line that looks like an error: why it ended, perhaps. */
	error: string | undefined;

	constructor(log: Log, clock: Clock) {
		this.#log = log;
		this.#throttle = new Throttle(MOST, clock);
	}

	/** Reads a stream of the child to its end. */
	read(stream: Readable | null): void {
		if (stream) eachLine(stream, (line) => this.#tell(line));
	}

	#tell(line: string): void {
		if (/^\w*Error\b|^FATAL ERROR/.test(line)) this.error = line.slice(0, 300);
		if (!this.#throttle.passes()) return;
		const held = this.#throttle.take();
		this.#log.info(line, held > 0 ? { left_out: held } : {});
	}
}

/** Calls `tell` with every line of a stream, long ones cut. */
function eachLine(stream: Readable, tell: (line: string) => void): void {
	let rest = "";
	stream.setEncoding("utf8");
	stream.on("data", (text: string) => {
		const lines = (rest + text).split(/\r?\n/);
		rest = (lines.pop() ?? "").slice(0, LONGEST);
		for (const line of lines) if (line !== "") tell(line.slice(0, LONGEST));
	});
	stream.on("end", () => {
		if (rest !== "") tell(rest);
	});
	stream.on("error", () => {}); // a pipe of a process that was killed
}
