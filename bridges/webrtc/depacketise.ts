import { joinAv1 } from "./av1.ts";
import type { Codec } from "./packetise.ts";
import type { RtpPacket } from "./rtp.ts";
import { joinVp9 } from "./vp9.ts";

/** A frame put together from packets, ready for a decoder: as encoders make it, H.264 as Annex B. */
export interface ReceivedFrame {
	readonly data: Buffer;
	/** Whether decoding can begin with it. */
	readonly key: boolean;
	/** Of its packets. */
	readonly timestamp: number;
}

const START = Buffer.of(0, 0, 0, 1);

/** Puts the packets of one frame, complete and in order, back together; `undefined` if they make none. */
export function depacketise(codec: Codec, packets: readonly RtpPacket[]): ReceivedFrame | undefined {
	const first = packets[0];
	if (!first) return undefined;
	const parts = join(codec, packets);
	if (!parts) return undefined;
	return { data: Buffer.concat(parts.data), key: parts.key, timestamp: first.timestamp };
}

function join(codec: Codec, packets: readonly RtpPacket[]): Parts | undefined {
	if (codec === "h264") return joinH264(packets);
	if (codec === "vp8") return joinVp8(packets);
	const payloads = packets.map(({ payload }) => payload);
	return codec === "vp9" ? joinVp9(payloads) : joinAv1(payloads);
}

interface Parts {
	readonly data: Buffer[];
	readonly key: boolean;
}

/** RFC 7741 §4.2: how long the payload descriptor is. */
function descriptorLength(payload: Buffer): number {
	const [first = 0, second = 0, third = 0] = payload;
	if (!(first & 0x80)) return 1;
	const picture = second & 0x80 ? (third & 0x80 ? 2 : 1) : 0;
	return 2 + picture + (second & 0x40 ? 1 : 0) + (second & 0x30 ? 1 : 0);
}

function joinVp8(packets: readonly RtpPacket[]): Parts | undefined {
	const [first] = packets;
	if (!first || !beginsVp8(first.payload)) return undefined;
	const data = packets.map(({ payload }) => payload.subarray(descriptorLength(payload)));
	const head = data[0]?.[0];
	return head === undefined ? undefined : { data, key: (head & 1) === 0 };
}

function beginsVp8(payload: Buffer): boolean {
	return ((payload[0] ?? 0) & 0x1f) === 0x10;
}

/** RFC 6184 §5.6 to §5.8: single units, STAP-A, FU-A. */
function joinH264(packets: readonly RtpPacket[]): Parts | undefined {
	const data: Buffer[] = [];
	let slices = 0;
	let key = false;
	/** Takes a unit, or the head of one with the first byte of its body. */
	const add = (unit: Buffer, next = unit[1] ?? 0) => {
		data.push(START, unit);
		const type = (unit[0] ?? 0) & 31;
		if (type !== 1 && type !== 5) return;
		// `first_mb_in_slice` is 0 where the picture begins, which is one set bit; else part of it was lost.
		if (slices++ === 0) key = type === 5 && next >= 0x80;
	};
	for (const { payload } of packets) {
		const [head = 0, second = 0] = payload;
		const type = head & 31;
		if (type === 24) {
			for (let at = 1; at + 2 < payload.length; at += 2 + payload.readUInt16BE(at)) {
				add(payload.subarray(at + 2, at + 2 + payload.readUInt16BE(at)));
			}
		} else if (type === 28) {
			if (second & 0x80) add(Buffer.of((head & 0xe0) | (second & 0x1f)), payload[2]);
			else if (data.length === 0) return undefined;
			data.push(payload.subarray(2));
		} else if (type > 0 && type < 24) add(payload);
	}
	return data.length > 0 ? { data, key } : undefined;
}
