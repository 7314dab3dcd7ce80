import { packetiseAv1 } from "./av1.ts";
import { packetiseVp9 } from "./vp9.ts";

/** The codecs that we send and receive. */
export type Codec = "h264" | "vp8" | "vp9" | "av1";

/** Bytes of payload in a packet, so that it fits a path of 1280 bytes with SRTP, UDP, IPv6 and a TURN channel around it. */
const MOST = 1180;

/** Splits an encoded frame into RTP payloads; the last is to carry the marker. They are views into one new buffer. */
export function packetise(codec: Codec, frame: Uint8Array): Buffer[] {
	if (codec === "h264") return packetiseH264(frame);
	if (codec === "vp8") return packetiseVp8(frame);
	return codec === "vp9" ? packetiseVp9(frame, MOST) : packetiseAv1(frame, MOST);
}

/** RFC 7741: a one-byte descriptor whose S bit marks the first packet of the frame. */
function packetiseVp8(frame: Uint8Array): Buffer[] {
	const count = Math.ceil(frame.length / (MOST - 1));
	const share = Math.ceil(frame.length / count);
	const all = Buffer.allocUnsafe(frame.length + count);
	return Array.from({ length: count }, (_, i) => {
		const part = frame.subarray(i * share, (i + 1) * share);
		const at = i * (share + 1);
		all[at] = i === 0 ? 0x10 : 0x00;
		all.set(part, at + 1);
		return all.subarray(at, at + 1 + part.length);
	});
}

/** NAL unit types (ITU-T H.264 table 7-1) and packet types (RFC 6184 table 1). */
const NAL = { sei: 6, sps: 7, pps: 8, delimiter: 9, stapA: 24, fuA: 28 } as const;

/** RFC 6184, packetisation mode 1: parameter sets together as STAP-A, large NAL units as FU-A. */
function packetiseH264(frame: Uint8Array): Buffer[] {
	const units = splitAnnexB(frame).filter((unit) => ![NAL.sei, NAL.delimiter].includes(typeOf(unit) as 6));
	const sets = units.filter((unit) => typeOf(unit) === NAL.sps || typeOf(unit) === NAL.pps);
	const rest = units.filter((unit) => !sets.includes(unit));
	const together = 1 + sets.reduce((sum, set) => sum + 2 + set.length, 0);
	const packets = sets.length > 1 && together <= MOST ? [aggregate(sets, together)] : sets.flatMap(fragment);
	return [...packets, ...rest.flatMap(fragment)];
}

function aggregate(units: readonly Uint8Array[], length: number): Buffer {
	const packet = Buffer.allocUnsafe(length);
	packet[0] = (Math.max(...units.map((unit) => (unit[0] ?? 0) & 0x60)) & 0x60) | NAL.stapA;
	let at = 1;
	for (const unit of units) {
		at = packet.writeUInt16BE(unit.length, at);
		packet.set(unit, at);
		at += unit.length;
	}
	return packet;
}

function fragment(unit: Uint8Array): Buffer[] {
	if (unit.length <= MOST) return [Buffer.from(unit)];
	const head = unit[0] ?? 0;
	const body = unit.subarray(1);
	const count = Math.ceil(body.length / (MOST - 2));
	const share = Math.ceil(body.length / count);
	const all = Buffer.allocUnsafe(body.length + 2 * count);
	return Array.from({ length: count }, (_, i) => {
		const part = body.subarray(i * share, (i + 1) * share);
		const at = i * (share + 2);
		all[at] = (head & 0xe0) | NAL.fuA;
		all[at + 1] = (i === 0 ? 0x80 : 0) | (i === count - 1 ? 0x40 : 0) | (head & 0x1f);
		all.set(part, at + 2);
		return all.subarray(at, at + 2 + part.length);
	});
}

/** The NAL units of an Annex B byte stream, as views without their start codes. */
export function splitAnnexB(stream: Uint8Array): Uint8Array[] {
	const bytes = Buffer.from(stream.buffer, stream.byteOffset, stream.byteLength);
	const units: Uint8Array[] = [];
	let at = bytes.indexOf(START);
	while (at >= 0) {
		const next = bytes.indexOf(START, at + 3);
		let end = next < 0 ? bytes.length : next;
		while (end > at + 3 && bytes[end - 1] === 0) end--; // zeros before a start code belong to it
		if (end > at + 3) units.push(bytes.subarray(at + 3, end));
		at = next;
	}
	return units;
}

const START = Buffer.of(0, 0, 1);

function typeOf(unit: Uint8Array): number {
	return (unit[0] ?? 0) & 31;
}
