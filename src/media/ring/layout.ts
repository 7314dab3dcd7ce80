import type { Size } from "../../base/geometry.ts";
import type { FrameStamp } from "../frame.ts";

/** How every ring begins: the letters `MUTORING`. */
export const MAGIC = 0x474e_4952_4f54_554dn;
/** Of the layout in docs/reference/ring.md. */
export const VERSION = 1;
/** Bytes. */
export const PAGE = 4096;
/** Where each field of the header is, in bytes. Little endian. */
export const AT = {
	magic: 0,
	version: 8,
	slots: 12,
	slotsOffset: 16,
	pixelsOffset: 20,
	slotBytes: 24,
	maxBytes: 32,
	ownerPid: 40,
	ownerStart: 48,
	writerPid: 56,
	wake: 128,
	state: 132,
	latest: 136,
	poll: 140,
	writer: 144,
} as const;
/** Where each field of a slot is, in bytes. */
export const SLOT = {
	lock: 0,
	flags: 4,
	sequence: 8,
	chunk: 16,
	revision: 24,
	captured: 32,
	made: 40,
	shown: 48,
	width: 56,
	height: 60,
	pid: 64,
	pixels: 128,
} as const;
/** The newest slot while there is none. */
export const NONE = 0xffff_ffff;
/** The flag of a frame whose alpha means something. */
export const ALPHA = 1;

/** Offset of the word that writers change and wake at every frame. */
export const WAKE = AT.wake;

/** Whether a ring is in use. */
export const STATE = { creating: 0, open: 1, closed: 2 } as const;

/** A process: its number, and when it began, so that another with the same number is not taken for it. */
export interface Party {
	readonly pid: number;
	readonly start: number;
}

/** What a slot says about its frame. */
export interface SlotHead extends FrameStamp {
	readonly sequence: number;
	readonly shown: number;
	readonly size: Size;
	readonly alpha: boolean;
}

/** Bytes of a slot that holds frames of `maxBytes`, in whole pages. */
export function slotBytes(maxBytes: number): number {
	return Math.ceil((SLOT.pixels + maxBytes) / PAGE) * PAGE;
}

/** Bytes of a whole ring. */
export function ringBytes(slots: number, maxBytes: number): number {
	return PAGE + slots * slotBytes(maxBytes);
}
