/** Seconds that the figures look back. */
const WINDOW = 5;

/** What became of a session's frames on their way to viewers. Times are seconds. */
export class Shown {
	#frames: { readonly captured: number; readonly sent: number }[] = [];
	#dropped = 0;

	/** A frame that was handed to the network at `sent`. */
	frame(captured: number, shown: number, sent: number): void {
		this.#frames.push({ captured: captured || shown, sent });
		const first = this.#frames.findIndex((frame) => frame.sent >= sent - WINDOW);
		if (first > 30) this.#frames = this.#frames.slice(first);
	}

	/** Frames that were overtaken by newer ones. */
	dropped(count: number): void {
		this.#dropped += count;
	}

	/** Frames a second of late; 0 before there are two. */
	get fps(): number {
		const [first, last] = [this.#frames[0], this.#frames.at(-1)];
		return first && last && last.sent > first.sent ? (this.#frames.length - 1) / (last.sent - first.sent) : 0;
	}

	/** Figures at `now`: frames a second, frames dropped since the start, seconds from captured to sent. */
	report(now: number): Record<string, number> {
		const recent = this.#frames.filter(({ sent }) => sent >= now - WINDOW);
		const ages = recent.map(({ captured, sent }) => sent - captured).sort((a, b) => a - b);
		const at = (share: number) => ages[Math.min(ages.length - 1, Math.floor(share * ages.length))];
		const [p50, p95] = [at(0.5), at(0.95)];
		return {
			fps: recent.length / WINDOW,
			dropped: this.#dropped,
			...(p50 === undefined || p95 === undefined ? {} : { latencyP50: p50, latencyP95: p95 }),
		};
	}
}
