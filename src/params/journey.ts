import type { Dispose } from "../base/dispose.ts";

/** How a ramp ended: where it was going, or where something else took its parameter over. */
export type JourneyEnd = "arrived" | "ended";

/** The ramps that set out together. It is over with the last of them, and has arrived if each of them has. */
export class Journey {
	readonly #parts: ReadonlySet<{ readonly at: string; readonly revision: number }>;
	readonly #listeners = new Set<(end: JourneyEnd) => void>();
	#left: number;
	#wasTaken = false;

	/** `parts`: those whose parameters travel. `count`: how many ramps there are. */
	constructor(parts: Iterable<{ readonly at: string; readonly revision: number }>, count: number) {
		this.#parts = new Set(parts);
		this.#left = count;
	}

	/** The parts whose parameters travel, and the revision of each now. */
	get parts(): ReadonlyMap<string, number> {
		return new Map([...this.#parts].map(({ at, revision }) => [at, revision]));
	}

	/** How it ended, once it is over. */
	get end(): JourneyEnd | undefined {
		if (this.#left > 0) return undefined;
		return this.#wasTaken ? "ended" : "arrived";
	}

	/** One of its ramps is over. */
	finish(end: JourneyEnd): void {
		if (end === "ended") this.#wasTaken = true;
		this.#left--;
		if (this.end) for (const tell of this.#listeners) tell(this.end);
	}

	/** Calls `listener` when it is over, unless it is already. */
	onOver(listener: (end: JourneyEnd) => void): Dispose {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}
}
