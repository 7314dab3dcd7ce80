/** An argument: `i f d` numbers, `h t` bigints, `s S c` text, `T F I` true and false, `N` null, `b m` bytes, `r` RGBA as a number, `[ ]` a list. */
export type OscValue = number | bigint | string | boolean | null | Uint8Array | readonly OscValue[];

/** One message. */
export interface OscMessage {
	readonly kind: "message";
	/** A name or a pattern; begins with a slash. */
	readonly address: string;
	/** Type tags without the comma, as many as there are arguments: `sif`, `[ff]`. */
	readonly types: string;
	readonly args: readonly OscValue[];
}

/** Packets that belong together. */
interface OscBundle {
	readonly kind: "bundle";
	/** When they are meant: NTP time, seconds since 1900 in the upper 32 bits; 1 is at once. */
	readonly time: bigint;
	readonly elements: readonly OscPacket[];
}

/** What one datagram, or one frame of a stream, holds. */
export type OscPacket = OscMessage | OscBundle;

/** What a packet that holds no OSC is decoded to. A plain value: whoever floods us with rubbish pays for no stack. */
export interface Malformed {
	readonly kind: "malformed";
	/** Byte at which it stopped making sense. */
	readonly offset: number;
	readonly reason: string;
}

/** What one packet may hold at most; all of OSC in the field stays far below. */
export const OSC_LIMITS = {
	/** Bytes of a packet: more than a datagram can carry. */
	bytes: 65_536,
	/** Bundles, and lists, within one another. */
	depth: 8,
	/** Elements of all bundles of a packet. */
	elements: 1024,
	/** Arguments of a message, those in lists included. */
	args: 1024,
} as const;

/** The time tag that means at once. */
export const AT_ONCE = 1n;

const UNIX_EPOCH = 2_208_988_800;

/** The time tag of Unix seconds. */
export function timeTag(unixSeconds: number): bigint {
	const whole = Math.floor(unixSeconds);
	return (BigInt(whole + UNIX_EPOCH) << 32n) | BigInt(Math.floor((unixSeconds - whole) * 2 ** 32));
}

/** Unix seconds of a time tag; to a microsecond, which is what a double holds. */
export function unixSeconds(tag: bigint): number {
	return Number(tag >> 32n) - UNIX_EPOCH + Number(tag & 0xffff_ffffn) / 2 ** 32;
}
