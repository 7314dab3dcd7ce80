/** An RTP packet that came in (RFC 3550 §5.1). */
export interface RtpPacket {
	readonly payloadType: number;
	/** The last packet of a frame. */
	readonly marker: boolean;
	/** 16 bit. */
	readonly sequence: number;
	/** 32 bit, in ticks of 1/90000 s. */
	readonly timestamp: number;
	readonly ssrc: number;
	/** A view into what was received. */
	readonly payload: Buffer;
}

/** What an RTP header says the same of every packet of a stream. */
export interface RtpStamp {
	readonly ssrc: number;
	readonly payloadType: number;
	/** Header extensions by their negotiated id, 1 to 14, each of 1 to 16 bytes (RFC 8285, one-byte form). */
	readonly extensions: ReadonlyMap<number, Uint8Array>;
}

/** Reads a packet; `undefined` if it is none. */
export function parseRtp(packet: Buffer): RtpPacket | undefined {
	const [first, second] = packet;
	if (packet.length < 12 || first === undefined || second === undefined || first >> 6 !== 2) return undefined;
	let start = 12 + (first & 15) * 4;
	if (first & 16) {
		if (packet.length < start + 4) return undefined;
		start += 4 + packet.readUInt16BE(start + 2) * 4;
	}
	const padding = first & 32 ? (packet.at(-1) ?? 0) : 0;
	const end = packet.length - padding;
	if (end < start) return undefined;
	return {
		payloadType: second & 127,
		marker: second > 127,
		sequence: packet.readUInt16BE(2),
		timestamp: packet.readUInt32BE(4),
		ssrc: packet.readUInt32BE(8),
		payload: packet.subarray(start, end),
	};
}

/** Writes headers of one stream: the part that never changes is laid out once. */
export class RtpHeaders {
	readonly ssrc: number;
	readonly #blank: Buffer;

	constructor({ ssrc, payloadType, extensions }: RtpStamp) {
		this.ssrc = ssrc;
		this.#blank = Buffer.concat([fixed(ssrc, payloadType, extensions.size > 0), block(extensions)]);
	}

	/** A header of its own memory. */
	write(sequence: number, timestamp: number, marker: boolean): Buffer {
		const header = Buffer.from(this.#blank);
		if (marker) header.writeUInt8(header.readUInt8(1) | 128, 1);
		header.writeUInt16BE(sequence, 2);
		header.writeUInt32BE(timestamp, 4);
		return header;
	}
}

/** How far `to` lies after `from` on the 16-bit circle: -32768 … 32767. */
export function sequenceDistance(from: number, to: number): number {
	return ((to - from) << 16) >> 16;
}

function fixed(ssrc: number, payloadType: number, extended: boolean): Buffer {
	const header = Buffer.alloc(12);
	header.writeUInt8(extended ? 0x90 : 0x80, 0);
	header.writeUInt8(payloadType, 1);
	header.writeUInt32BE(ssrc, 8);
	return header;
}

function block(extensions: ReadonlyMap<number, Uint8Array>): Buffer {
	if (extensions.size === 0) return Buffer.alloc(0);
	const parts = [...extensions].map(([id, value]) => Buffer.concat([Buffer.of((id << 4) | (value.length - 1)), value]));
	const body = Buffer.concat(parts);
	const words = Math.ceil(body.length / 4);
	const block = Buffer.alloc(4 + words * 4);
	block.writeUInt16BE(0xbede, 0);
	block.writeUInt16BE(words, 2);
	body.copy(block, 4);
	return block;
}
