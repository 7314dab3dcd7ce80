import type { Size } from "../base/geometry.ts";
import type { Frame } from "./frame.ts";

/** A frame's place in a ring. */
export interface Shown {
	/** Index of the frame in its ring, from 1. */
	readonly sequence: number;
	/** When it entered the ring, seconds on the monotonic clock. */
	readonly shown: number;
}

export interface RingReader {
	next(signal?: AbortSignal): Promise<(Frame & Shown) | undefined>;
	readonly size: Size;
}
export interface RingWriter {
	write(frame: Frame): number;
}
