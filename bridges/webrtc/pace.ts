/** Bytes that may leave at once. */
const BURST = 50_000;
/** Milliseconds between two goes. */
const STEP = 2;

/** A packet with its size in bytes, and how it is sent. */
export interface Departure {
	readonly bytes: number;
	send(): void;
}

/** Lets a large frame leave in small lots, since routers drop what comes in one burst. Small frames leave at once. */
export class Pace implements Disposable {
	readonly #waiting: Departure[] = [];
	#timer: NodeJS.Timeout | undefined;
	#lot = 0;

	/** Sends, after what waits already, at `rate` bytes per second. */
	push(packets: readonly Departure[], rate: number): void {
		let budget = this.#waiting.length > 0 ? 0 : BURST;
		for (const packet of packets) {
			if (budget > 0) packet.send();
			else this.#waiting.push(packet);
			budget -= packet.bytes;
		}
		if (this.#waiting.length === 0) return;
		const left = this.#waiting.reduce((sum, { bytes }) => sum + bytes, 0);
		// Whatever the rate, a frame is on its way within a quarter of a second.
		this.#lot = Math.max((rate * STEP) / 1000, (left * STEP) / 250);
		this.#timer ??= setInterval(() => this.#go(), STEP);
	}

	[Symbol.dispose](): void {
		clearInterval(this.#timer);
		this.#timer = undefined;
		this.#waiting.length = 0;
	}

	#go(): void {
		for (let left = this.#lot; left > 0; ) {
			const packet = this.#waiting.shift();
			if (!packet) break;
			packet.send();
			left -= packet.bytes;
		}
		if (this.#waiting.length === 0) this[Symbol.dispose]();
	}
}
