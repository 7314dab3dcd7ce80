import assert from "node:assert/strict";
import type { Size } from "../base/geometry.ts";
import type { Log } from "../base/log.ts";
import { Frame, type FrameOptions } from "../media/frame.ts";
import { FramePool } from "../media/pool.ts";

/** One promise of a contract, for any test runner: `test.skipIf(skip)(name, run)`. */
export interface Clause {
	/** What is promised, as a sentence. */
	readonly name: string;
	/** Why it does not apply; then `run` does nothing. */
	readonly skip?: string;
	/** Rejects when the promise is not kept. */
	run(): Promise<void>;
}

/** A clause that does not apply. */
export function skipped(name: string, skip: string): Clause {
	return { name, skip, run: async () => {} };
}

/** A pool that knows who has not closed what. */
export class CountingPool {
	readonly #pool = new FramePool();
	readonly #open = new Set<Frame>();

	/** A frame to write into, of noise: whoever does not write it all is found out. */
	readonly take = (size: Size, options: Omit<FrameOptions, "release"> = {}): Frame => {
		const taken = this.#pool.take(size, options);
		taken.data.fill(0xa5);
		const frame: Frame = new Frame(size, taken.data, {
			...options,
			release: () => {
				this.#open.delete(frame);
				taken.close();
			},
		});
		this.#open.add(frame);
		return frame;
	};

	/** Throws unless every frame was closed. */
	settle(): void {
		assert.equal(this.#open.size, 0, `${this.#open.size} frames were not closed`);
	}
}

/** A log that says nothing. */
export const silent: Log = {
	debug: () => {},
	info: () => {},
	warn: () => {},
	error: () => {},
	with: () => silent,
};

/** A picture that differs from frame to frame and from pixel to pixel, the same for the same `index`. */
export function picture(index: number, size: Size, options: FrameOptions = {}): Frame {
	const data = new Uint8Array(size.width * size.height * 4);
	for (let at = 0; at < data.length; at++) data[at] = at % 4 === 3 ? 255 : (at * 7 + index * 13 + (at >> 8)) & 255;
	return new Frame(size, data, options);
}

/** Throws unless a frame is open and has pixels. */
export function checkFrame(frame: Frame): void {
	assert.ok(frame instanceof Frame, "it is not a frame");
	assert.ok(!frame.closed, "the frame is closed");
	const { width, height } = frame.size;
	assert.ok(Number.isInteger(width) && width > 0 && Number.isInteger(height) && height > 0, `${width}×${height}`);
}

/** Throws unless `outcome` is fulfilled, or rejected with `reason`. */
export async function settles(outcome: Promise<unknown>, reason: unknown): Promise<void> {
	try {
		await outcome;
	} catch (error) {
		assert.equal(error, reason, "it must reject with the signal's reason");
	}
}
