import type { Size } from "../base/geometry.ts";

/** When and from what a frame came. Times are seconds on the machine's monotonic clock (`media/clock.ts`). */
export interface FrameStamp {
	/** When the newest source frame that went into it was captured; when it was made, if there was none. */
	readonly captured: number;
	/** When the session had finished it; 0 before that. */
	readonly made: number;
	/** The chunk of the session it belongs to; 0 of a source. */
	readonly chunk: number;
	/** Revision of the parameters it was made with; 0 of a source. */
	readonly revision: number;
}

/** What a frame has besides pixels. */
export interface FrameOptions extends Partial<FrameStamp> {
	/** Whether alpha means anything. An opaque frame has 255 everywhere. */
	readonly alpha?: boolean;
	/** Called once, when the last holder has closed it: gives the pixels back to where they came from. */
	readonly release?: (data: Uint8Array) => void;
}

interface Shared {
	holders: number;
	readonly data: Uint8Array;
	readonly release: ((data: Uint8Array) => void) | undefined;
}

/**
 * One picture in memory: RGBA, 8 bits per channel, straight alpha, rows top to bottom, no padding.
 *
 * Whoever receives a frame closes it, once; to keep it, `clone()`. Clones share pixels: write only into a frame that you
 * made yourself and have not handed on.
 */
export class Frame implements Disposable, FrameStamp {
	readonly size: Size;
	readonly alpha: boolean;
	readonly captured: number;
	readonly made: number;
	readonly chunk: number;
	readonly revision: number;
	#shared: Shared | undefined;

	/** Takes `data` over. Throws `TypeError` unless it holds exactly `size`. */
	constructor(size: Size, data: Uint8Array, options: FrameOptions = {}, shared?: Shared) {
		if (data.length !== size.width * size.height * 4) {
			throw new TypeError(`${data.length} bytes are not ${size.width}×${size.height} RGBA`);
		}
		this.size = size;
		this.alpha = options.alpha ?? false;
		this.captured = options.captured ?? 0;
		this.made = options.made ?? 0;
		this.chunk = options.chunk ?? 0;
		this.revision = options.revision ?? 0;
		this.#shared = shared ?? { holders: 1, data, release: options.release };
	}

	/** The pixels. Throws once closed. */
	get data(): Uint8Array {
		if (!this.#shared) throw new TypeError("this frame was closed");
		return this.#shared.data;
	}

	/** Whether it was closed. */
	get closed(): boolean {
		return this.#shared === undefined;
	}

	/** The same pixels for another holder, with another stamp if given. */
	clone(stamp: Partial<FrameStamp> = {}): Frame {
		const shared = this.#shared;
		if (!shared) throw new TypeError("this frame was closed");
		shared.holders++;
		return new Frame(this.size, shared.data, { ...this.stamp, alpha: this.alpha, ...stamp }, shared);
	}

	/** When and from what it came. */
	get stamp(): FrameStamp {
		const { captured, made, chunk, revision } = this;
		return { captured, made, chunk, revision };
	}

	/** Lets go of the pixels; the last holder gives them back. May be called twice. */
	close(): void {
		const shared = this.#shared;
		this.#shared = undefined;
		if (shared && --shared.holders === 0) shared.release?.(shared.data);
	}

	[Symbol.dispose](): void {
		this.close();
	}
}
