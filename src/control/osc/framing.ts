import { OSC_LIMITS } from "./packet.ts";

/** How packets are told apart on a stream: OSC 1.1 says SLIP, OSC 1.0 a length before each. */
export type Framing = "slip" | "length";

const END = 0xc0;
const ESCAPE = 0xdb;
const ESCAPED_END = 0xdc;
const ESCAPED_ESCAPE = 0xdd;

/** Cuts a stream into packets. Which framing it has, the first byte says. */
export class Deframer {
	readonly #packet = Buffer.allocUnsafe(OSC_LIMITS.bytes);
	readonly #emit: (packet: Uint8Array) => void;
	#framing: Framing | undefined;
	/** Bytes of the packet so far, of its length before it in the framing `length`. */
	#filled = 0;
	#escaped = false;
	/** How long the packet will be; `undefined` while the four bytes that say so come in. */
	#expected: number | undefined;

	/** `emit` is handed each packet as a view that holds only during the call. */
	constructor(emit: (packet: Uint8Array) => void) {
		this.#emit = emit;
	}

	/** The framing of the stream, once the first byte has come. */
	get framing(): Framing | undefined {
		return this.#framing;
	}

	/** Takes the next bytes. Returns why the stream makes no sense any more, and has to be closed; `undefined` if it does. */
	push(bytes: Uint8Array): string | undefined {
		if (bytes.length === 0) return undefined;
		this.#framing ??= framingOf(bytes[0] as number);
		if (this.#framing === "slip") return this.#slip(bytes);
		if (this.#framing === "length") return this.#length(bytes);
		return "it begins like neither SLIP nor a length";
	}

	#slip(bytes: Uint8Array): string | undefined {
		for (const byte of bytes) {
			if (byte === END) {
				if (this.#escaped) return "an escape at the end of a packet";
				if (this.#filled > 0) this.#flush();
			} else if (byte === ESCAPE && !this.#escaped) {
				this.#escaped = true;
			} else {
				const plain = !this.#escaped ? byte : byte === ESCAPED_END ? END : byte === ESCAPED_ESCAPE ? ESCAPE : undefined;
				if (plain === undefined) return "an escape of nothing";
				if (this.#filled === OSC_LIMITS.bytes) return "a packet is too long";
				this.#escaped = false;
				this.#packet[this.#filled++] = plain;
			}
		}
		return undefined;
	}

	#length(bytes: Uint8Array): string | undefined {
		for (let at = 0; at < bytes.length; ) {
			const wanted = (this.#expected ?? 4) - this.#filled;
			const taken = Math.min(wanted, bytes.length - at);
			this.#packet.set(bytes.subarray(at, at + taken), this.#filled);
			this.#filled += taken;
			at += taken;
			if (taken < wanted) return undefined;
			if (this.#expected === undefined) {
				this.#expected = this.#packet.readInt32BE(0);
				if (this.#expected <= 0 || this.#expected > OSC_LIMITS.bytes) return "a length is out of bounds";
				this.#filled = 0;
			} else {
				this.#expected = undefined;
				this.#flush();
			}
		}
		return undefined;
	}

	#flush(): void {
		const packet = this.#packet.subarray(0, this.#filled);
		this.#filled = 0;
		this.#emit(packet);
	}
}

/** A packet as it goes onto a stream. */
export function frame(packet: Uint8Array, framing: Framing): Uint8Array {
	if (framing === "length") {
		const framed = Buffer.allocUnsafe(4 + packet.length);
		framed.writeInt32BE(packet.length);
		framed.set(packet, 4);
		return framed;
	}
	const framed = [END];
	for (const byte of packet) {
		if (byte === END) framed.push(ESCAPE, ESCAPED_END);
		else if (byte === ESCAPE) framed.push(ESCAPE, ESCAPED_ESCAPE);
		else framed.push(byte);
	}
	return Buffer.from([...framed, END]);
}

/** A length begins with 0, since no packet is that long; SLIP begins with its end, or at once with `/` or `#`. */
function framingOf(first: number): Framing | undefined {
	if (first === 0) return "length";
	return first === END || first === 0x2f || first === 0x23 ? "slip" : undefined;
}
