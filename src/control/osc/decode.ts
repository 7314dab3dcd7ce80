import { type Malformed, OSC_LIMITS, type OscMessage, type OscPacket, type OscValue } from "./packet.ts";

/**
 * Reads a packet of OSC 1.0 or 1.1, all of it or nothing.
 *
 * Strict: no byte outside of `bytes` is read, every length is compared before it is rounded, padding is zero, nothing may
 * follow, and one bad element makes the whole bundle malformed. Lenient where the field needs it: a message without type
 * tags has no arguments, and text that is not UTF-8 has its bad bytes replaced.
 */
export function decode(bytes: Uint8Array): OscPacket | Malformed {
	if (bytes.length > OSC_LIMITS.bytes) return malformed(OSC_LIMITS.bytes, "the packet is too long");
	const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
	const reader = new Reader(buffer);
	return reader.packet(buffer.length, 0) ?? malformed(reader.at, reader.reason);
}

function malformed(offset: number, reason: string): Malformed {
	return { kind: "malformed", offset, reason };
}

/** Every method returns `undefined` once the packet turned out to be malformed, and leaves `at` where it did. */
class Reader {
	at = 0;
	reason = "";
	readonly #bytes: Buffer;
	#elements = 0;
	#args = 0;

	constructor(bytes: Buffer) {
		this.#bytes = bytes;
	}

	packet(end: number, depth: number): OscPacket | undefined {
		const length = end - this.at;
		if (length === 0) return this.#fail("it is empty");
		if (length % 4 !== 0) return this.#fail("its length is not a multiple of 4");
		const first = this.#bytes[this.at];
		if (first === SLASH) return this.#message(end);
		if (first === HASH) return this.#bundle(end, depth);
		return this.#fail("it begins with neither / nor #bundle");
	}

	#bundle(end: number, depth: number): OscPacket | undefined {
		if (depth >= OSC_LIMITS.depth) return this.#fail("bundles are nested too deeply");
		if (end - this.at < 16) return this.#fail("the bundle ends before its time tag");
		if (this.#bytes.compare(BUNDLE, 0, 8, this.at, this.at + 8) !== 0) return this.#fail("it is no #bundle");
		const time = this.#bytes.readBigUInt64BE(this.at + 8);
		this.at += 16;
		const elements: OscPacket[] = [];
		while (this.at < end) {
			if (++this.#elements > OSC_LIMITS.elements) return this.#fail("it has too many elements");
			if (end - this.at < 4) return this.#fail("the bundle ends within a length");
			const length = this.#bytes.readInt32BE(this.at);
			if (length <= 0 || length > end - this.at - 4) return this.#fail("an element does not fit the bundle");
			this.at += 4;
			const element = this.packet(this.at + length, depth + 1);
			if (!element) return undefined;
			elements.push(element);
		}
		return { kind: "bundle", time, elements };
	}

	#message(end: number): OscMessage | undefined {
		const address = this.#string(end);
		if (address === undefined) return undefined;
		if (this.at === end) return { kind: "message", address, types: "", args: NOTHING };
		if (this.#bytes[this.at] !== COMMA) return this.#fail("type tags must begin with a comma");
		const from = this.at + 1;
		const types = this.#string(end)?.slice(1);
		if (types === undefined) return undefined;
		this.#args = 0;
		const args: OscValue[] = [];
		const last = this.#list(args, from, from + types.length, end, 0);
		if (last === undefined) return undefined;
		if (this.at !== end) return this.#fail("something follows the arguments");
		return { kind: "message", address, types, args };
	}

	/** Reads the arguments of the tags from `tag` on into `into`. Returns the tag after them. */
	#list(into: OscValue[], tag: number, tagsEnd: number, end: number, depth: number): number | undefined {
		for (; tag < tagsEnd; tag++) {
			const type = this.#bytes[tag];
			if (type === LIST_END) return depth > 0 ? tag : this.#fail("a list ends that never began");
			if (++this.#args > OSC_LIMITS.args) return this.#fail("it has too many arguments");
			if (type === LIST) {
				if (depth >= OSC_LIMITS.depth) return this.#fail("lists are nested too deeply");
				const items: OscValue[] = [];
				const closed = this.#list(items, tag + 1, tagsEnd, end, depth + 1);
				if (closed === undefined) return undefined;
				into.push(items);
				tag = closed;
				continue;
			}
			const value = this.#value(type as number, end);
			if (value === undefined) return undefined;
			into.push(value);
		}
		return depth === 0 ? tag : this.#fail("a list does not end");
	}

	#value(type: number, end: number): OscValue | undefined {
		const at = this.at;
		switch (type) {
			case 0x54: // T
			case 0x49: // I
				return true;
			case 0x46: // F
				return false;
			case 0x4e: // N
				return null;
			case 0x66: // f
				return this.#take(4, end) ? this.#bytes.readFloatBE(at) : undefined;
			case 0x69: // i
				return this.#take(4, end) ? this.#bytes.readInt32BE(at) : undefined;
			case 0x73: // s
			case 0x53: // S
				return this.#string(end);
			case 0x64: // d
				return this.#take(8, end) ? this.#bytes.readDoubleBE(at) : undefined;
			case 0x68: // h
				return this.#take(8, end) ? this.#bytes.readBigInt64BE(at) : undefined;
			case 0x74: // t
				return this.#take(8, end) ? this.#bytes.readBigUInt64BE(at) : undefined;
			case 0x72: // r
				return this.#take(4, end) ? this.#bytes.readUInt32BE(at) : undefined;
			case 0x6d: // m
				return this.#take(4, end) ? this.#bytes.subarray(at, at + 4) : undefined;
			case 0x63: // c
				return this.#take(4, end) ? this.#character(at) : undefined;
			case 0x62: // b
				return this.#blob(end);
			default:
				return this.#fail("it has an argument of an unknown type");
		}
	}

	#take(length: number, end: number): boolean {
		if (length > end - this.at) {
			this.#fail("it ends within an argument");
			return false;
		}
		this.at += length;
		return true;
	}

	#character(at: number): string | undefined {
		const code = this.#bytes.readUInt32BE(at);
		return code <= 0x10_ffff ? String.fromCodePoint(code) : this.#fail("a character is none of Unicode");
	}

	#blob(end: number): Uint8Array | undefined {
		if (end - this.at < 4) return this.#fail("it ends within an argument");
		const length = this.#bytes.readInt32BE(this.at);
		if (length < 0 || length > end - this.at - 4) return this.#fail("a blob does not fit the packet");
		const from = this.at + 4;
		this.at = from + length;
		return this.#padded(end) ? this.#bytes.subarray(from, from + length) : undefined;
	}

	#string(end: number): string | undefined {
		const from = this.at;
		let at = from;
		let high = 0;
		for (; at < end && this.#bytes[at] !== 0; at++) high |= this.#bytes[at] as number;
		if (at === end) return this.#fail("a text does not end");
		this.at = at + 1;
		if (!this.#padded(end)) return undefined;
		return this.#bytes.toString(high < 0x80 ? "latin1" : "utf8", from, at);
	}

	/** Skips zeros up to the next multiple of 4. */
	#padded(end: number): boolean {
		for (; this.at % 4 !== 0; this.at++) {
			if (this.at >= end || this.#bytes[this.at] !== 0) {
				this.#fail("the padding is not zero");
				return false;
			}
		}
		return true;
	}

	#fail(reason: string): undefined {
		this.reason ||= reason;
		return undefined;
	}
}

const SLASH = 0x2f;
const HASH = 0x23;
const COMMA = 0x2c;
const LIST = 0x5b;
const LIST_END = 0x5d;
const BUNDLE = Buffer.from("#bundle\0");
const NOTHING: readonly OscValue[] = [];
