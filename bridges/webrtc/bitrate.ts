import type { Size } from "mutoscope/sdk";

/** Never less: under this nothing can be recognised at any size. Bits per second. */
export const LEAST = 120_000;
/** Below this the picture is halved each way; over `FULL` it is whole again. Bits per second. */
const HALF = 400_000;
const FULL = 550_000;

/** Bits per second that look good: 1.5 Mb/s at 512×512, 3 at 1280×720, 5 at 1920×1080, for 30 fps. */
export function goodBitrate({ width, height }: Size, fps: number): number {
	return 1_500_000 * ((width * height) / 512 ** 2) ** 0.58 * Math.max(0.5, Math.min(2, fps / 30)) ** 0.5;
}

/** Even, and within `most`, keeping the shape. */
export function fitSize({ width, height }: Size, most: Size): Size {
	const scale = Math.min(1, most.width / width, most.height / height);
	return { width: even(width * scale), height: even(height * scale) };
}

/** The size to encode at for a bitrate; `halved` is how it was so far. */
export function sizeFor(size: Size, bitrate: number, halved: boolean): Size {
	const small = halved ? bitrate < FULL : bitrate < HALF;
	return small ? { width: even(size.width / 2), height: even(size.height / 2) } : size;
}

/**
 * Which of three encodes of a picture a viewer gets: so that one on a narrow link does not pull all the others down. Each is
 * tuned to the slowest of its viewers, who are at most a factor of 2.5 apart. `best` is what the picture wants.
 */
export function rungFor(target: number, best: number, current: number): number {
	const share = target / best;
	const rung = share >= 0.4 ? 0 : share >= 0.16 ? 1 : 2;
	if (rung >= current) return rung;
	// Upwards only with some room, so that nobody changes to and fro, with a key frame each time.
	return share >= (rung === 0 ? 0.5 : 0.2) ? rung : current;
}

/** Shares of loss that slow down, and that still permit to go faster. */
const HEAVY_LOSS = 0.1;
/** A share of loss that no link has that is not full. */
const RUINOUS_LOSS = 0.25;
const LIGHT_LOSS = 0.02;
/** Seconds by which packets take longer than at best where a queue has built up, and where it is a long one. */
const QUEUE = 0.05;
const LONG_QUEUE = 0.1;
/** Seconds that a long queue lasts before it counts. */
const STANDS = 0.4;
/** An estimate that falls by this share was lowered; it only ever grows by small steps. */
const LOWERED = 0.97;
/** Seconds between two cuts, so that the first can show, and before it goes faster again. */
const SETTLE = 0.9;
const REST = 2;
/** Seconds over which loss is averaged: a report covers a dozen packets only. */
const AVERAGE = 1.5;
/** Growth in a second, once nothing is wrong. */
const GROWTH = 1.06;

/**
 * How many bits per second a link carries, of what its receiver says: its own estimate (REMB), the share that was lost, and
 * how long packets take. Times are seconds.
 */
export class Link {
	#target: number;
	#estimate: number | undefined;
	#cut = Number.NEGATIVE_INFINITY;
	#grown: number;
	#best: number;
	#queued = Number.POSITIVE_INFINITY;
	#loss = 0;
	#heard: number;
	#troubled = false;

	/** `roundTrip` as it was before there was anything in the way. */
	constructor(target: number, now: number, roundTrip = Number.POSITIVE_INFINITY) {
		this.#target = target;
		this.#best = roundTrip;
		this.#grown = now;
		this.#heard = now;
	}

	/** Share of packets lost of late. */
	get loss(): number {
		return this.#loss;
	}

	/** Bits per second to send. */
	get target(): number {
		return this.#target;
	}

	/** Whether it ever gave a sign of being too narrow. */
	get troubled(): boolean {
		return this.#troubled;
	}

	/**
	 * The receiver's estimate. Chromium's begins at what arrived in its first five seconds and creeps up from there, so what it
	 * says is no limit in itself; that it was lowered is a sign.
	 */
	estimate(bitrate: number, now: number): void {
		const lowered = this.#estimate !== undefined && bitrate < this.#estimate * LOWERED;
		this.#estimate = bitrate;
		if (lowered) this.#cutTo(0.9 * bitrate, now, 0);
	}

	/** The share of packets lost while `sending` bits per second were sent, and the round trip if it was measured. */
	reception(loss: number, roundTrip: number | undefined, sending: number, now: number): void {
		if (roundTrip !== undefined) this.#best = Math.min(this.#best, roundTrip);
		const queue = roundTrip === undefined ? 0 : roundTrip - this.#best;
		const arriving = sending * (1 - loss);
		this.#loss += (loss - this.#loss) * (1 - Math.exp((this.#heard - now) / AVERAGE));
		this.#heard = now;
		const full = this.#loss > RUINOUS_LOSS || (this.#loss > HEAVY_LOSS && queue > QUEUE);
		if (full) this.#cutTo(0.9 * arriving, now, SETTLE);
		else if (this.#lasts(queue > LONG_QUEUE, now)) this.#cutTo(0.85 * Math.min(arriving, this.#target), now, SETTLE);
		else if (this.#loss > HEAVY_LOSS) this.#cutTo(this.#target * (1 - 0.5 * this.#loss), now, SETTLE);
		else if (this.#loss > LIGHT_LOSS) this.#grown = now;
	}

	/** Lets time pass: goes faster, up to `most`. */
	tick(most: number, now: number): void {
		const seconds = now - Math.max(this.#grown, this.#cut + REST);
		if (this.#target >= most) this.#target = most;
		if (seconds <= 0) return;
		this.#grown = now;
		// Where there was trouble, the receiver's estimate is a limit after all.
		const limit = this.#troubled ? Math.min(most, this.#estimate ?? most) : most;
		if (this.#target < limit) this.#target = Math.min(limit, this.#target * GROWTH ** seconds);
	}

	/** Whether a long queue has stood for a while: a busy machine makes short ones of its own. */
	#lasts(long: boolean, now: number): boolean {
		this.#queued = long ? Math.min(this.#queued, now) : Number.POSITIVE_INFINITY;
		return now - this.#queued > STANDS;
	}

	#cutTo(target: number, now: number, settle: number): void {
		if (target >= this.#target || now - this.#cut < settle) return;
		this.#troubled = true;
		this.#cut = now;
		this.#grown = now;
		this.#target = Math.max(LEAST, target);
	}
}

function even(pixels: number): number {
	return Math.max(2, 2 * Math.floor(pixels / 2));
}
