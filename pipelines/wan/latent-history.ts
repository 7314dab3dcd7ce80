/** The latents that a stream was made of: its first frame, and the last ones. */
export class LatentHistory {
	/** Elements of a frame. */
	readonly #frame: number;
	readonly #kept: number;
	#first: Float32Array | undefined;
	#last: Float32Array = new Float32Array(0);

	/**
	 * @param frame elements of a frame.
	 * @param kept how many of the last frames are remembered.
	 */
	constructor(frame: number, kept: number) {
		this.#frame = frame;
		this.#kept = kept;
	}

	/** The stream's first frame; zeros if there is none. */
	get first(): Float32Array {
		return this.#first ?? new Float32Array(this.#frame);
	}

	/** The last frames, oldest first; zeros stand for those that have never been. */
	last(frames: number): Float32Array {
		const size = frames * this.#frame;
		if (size === 0) return new Float32Array(0);
		const result = new Float32Array(size);
		const known = this.#last.subarray(-size);
		result.set(known, size - known.length);
		return result;
	}

	/** Adds frames to the end. */
	add(frames: Float32Array): void {
		this.#first ??= frames.slice(0, this.#frame);
		const whole = new Float32Array(this.#last.length + frames.length);
		whole.set(this.#last);
		whole.set(frames, this.#last.length);
		this.#last = whole.slice(Math.max(0, whole.length - this.#kept * this.#frame));
	}

	/** Forgets everything. */
	clear(): void {
		this.#first = undefined;
		this.#last = new Float32Array(0);
	}
}
