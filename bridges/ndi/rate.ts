/** Rates that pictures are usually made at, in frames per second. */
const USUAL = [10, 12, 15, 20, 24, 25, 30, 48, 50, 60, 75, 90, 100, 120];

/** Share by which a measured rate may differ from what it is taken for. */
const NEAR = 0.04;

/** Seconds that are looked back. */
const WINDOW = 2;

/** Frames per second as a fraction. */
export interface Rate {
	readonly n: number;
	readonly d: number;
}

/** The rate at which frames really come, as receivers are told it: a usual one where it is near one. */
export class RateMeter {
	#times: number[] = [];
	#rate: Rate = { n: 30, d: 1 };

	/** What is told now; 30 until it is known. */
	get rate(): Rate {
		return this.#rate;
	}

	/** A frame was shown at `time`, in seconds. */
	frame(time: number): void {
		this.#times = [...this.#times.filter((at) => time - at < WINDOW && at < time), time];
		const [first = time] = this.#times;
		if (this.#times.length < 8) return;
		const fps = (this.#times.length - 1) / (time - first);
		// Receivers may begin anew for another rate: it changes only when it is another one.
		if (Math.abs(fps * this.#rate.d - this.#rate.n) > 2 * NEAR * this.#rate.n) this.#rate = nearest(fps);
	}
}

function nearest(fps: number): Rate {
	const usual = USUAL.find((rate) => Math.abs(rate - fps) <= NEAR * rate);
	return usual === undefined ? { n: Math.max(1, Math.round(fps * 1000)), d: 1000 } : { n: usual, d: 1 };
}
