/** What the other side reported, as far as we act on it (RFC 3550, RFC 4585, RFC 5104, draft-alvestrand-rmcat-remb). */
export type Feedback =
	| { readonly type: "sender-report"; readonly ssrc: number; readonly ntp: bigint; readonly timestamp: number }
	| ReceptionReport
	| { readonly type: "nack"; readonly ssrc: number; readonly lost: readonly number[] }
	| { readonly type: "key-frame"; readonly ssrc: number }
	| { readonly type: "estimate"; readonly bitrate: number }
	| { readonly type: "bye"; readonly ssrc: number };

/** How one of our streams, or one of theirs, is received. */
export interface ReceptionReport {
	readonly type: "reception";
	/** The stream that is reported on. */
	readonly ssrc: number;
	/** Share of packets lost since the last report, 0 to 1. */
	readonly loss: number;
	/** Packets lost since the start. */
	readonly lost: number;
	/** Highest sequence number received, with its cycles above 16 bit. */
	readonly highest: number;
	/** Interarrival jitter in ticks. */
	readonly jitter: number;
	/** Middle 32 bits of the NTP time in the last sender report, 0 if there was none. */
	readonly lastReport: number;
	/** Seconds since that report came. */
	readonly sinceReport: number;
}

const SENDER_REPORT = 200;
const RECEIVER_REPORT = 201;
const SOURCE_DESCRIPTION = 202;
const GOODBYE = 203;
const TRANSPORT_FEEDBACK = 205;
const PAYLOAD_FEEDBACK = 206;

/** Seconds between 1900, where NTP begins, and 1970. */
const NTP_EPOCH = 2_208_988_800;

/** A time in Unix seconds as 64-bit NTP: 32 bits of seconds, 32 bits of binary fraction. */
export function toNtp(unix: number): bigint {
	const seconds = Math.floor(unix);
	return (BigInt(seconds + NTP_EPOCH) << 32n) | BigInt(Math.floor((unix - seconds) * 2 ** 32));
}

/** The middle 32 bits of an NTP time, which reports refer to. */
export function middle(ntp: bigint): number {
	return Number((ntp >> 16n) & 0xffffffffn);
}

/** Reads a compound packet, skipping what is malformed or unknown. */
export function parseRtcp(compound: Buffer): Feedback[] {
	const found: Feedback[] = [];
	for (let at = 0; at + 4 <= compound.length; ) {
		const end = at + 4 + compound.readUInt16BE(at + 2) * 4;
		if (end > compound.length || compound.readUInt8(at) >> 6 !== 2) return found;
		read(compound.readUInt8(at + 1), compound.readUInt8(at) & 31, compound.subarray(at + 4, end), found);
		at = end;
	}
	return found;
}

function read(type: number, count: number, body: Buffer, found: Feedback[]): void {
	if (body.length < 4) return;
	if (type === SENDER_REPORT && body.length >= 24) {
		const [ssrc, ntp, timestamp] = [body.readUInt32BE(0), body.readBigUInt64BE(4), body.readUInt32BE(12)];
		found.push({ type: "sender-report", ssrc, ntp, timestamp });
		readReports(body.subarray(24), count, found);
	} else if (type === RECEIVER_REPORT) readReports(body.subarray(4), count, found);
	else if (type === GOODBYE) found.push({ type: "bye", ssrc: body.readUInt32BE(0) });
	else if (type === TRANSPORT_FEEDBACK && count === 1 && body.length >= 8) found.push(readNack(body));
	else if (type === PAYLOAD_FEEDBACK && body.length >= 8) readPayloadFeedback(count, body, found);
}

function readReports(body: Buffer, count: number, found: Feedback[]): void {
	for (let at = 0; at < count * 24 && at + 24 <= body.length; at += 24) {
		found.push({
			type: "reception",
			ssrc: body.readUInt32BE(at),
			loss: body.readUInt8(at + 4) / 256,
			lost: body.readIntBE(at + 5, 3),
			highest: body.readUInt32BE(at + 8),
			jitter: body.readUInt32BE(at + 12),
			lastReport: body.readUInt32BE(at + 16),
			sinceReport: body.readUInt32BE(at + 20) / 65536,
		});
	}
}

function readNack(body: Buffer): Feedback {
	const lost: number[] = [];
	for (let at = 8; at + 4 <= body.length; at += 4) {
		const first = body.readUInt16BE(at);
		const mask = body.readUInt16BE(at + 2);
		lost.push(first);
		for (let bit = 0; bit < 16; bit++) if (mask & (1 << bit)) lost.push((first + bit + 1) & 0xffff);
	}
	return { type: "nack", ssrc: body.readUInt32BE(4), lost };
}

function readPayloadFeedback(format: number, body: Buffer, found: Feedback[]): void {
	if (format === 1) found.push({ type: "key-frame", ssrc: body.readUInt32BE(4) });
	if (format === 4) {
		for (let at = 8; at + 8 <= body.length; at += 8) found.push({ type: "key-frame", ssrc: body.readUInt32BE(at) });
	}
	if (format === 15 && body.length >= 16 && body.toString("latin1", 8, 12) === "REMB") {
		const packed = body.readUIntBE(13, 3);
		found.push({ type: "estimate", bitrate: (packed & 0x3ffff) * 2 ** (packed >> 18) });
	}
}

/** Our sender report with its obligatory source description: what time it was at which RTP timestamp. */
export function senderReport(
	ssrc: number,
	at: { readonly ntp: bigint; readonly timestamp: number; readonly packets: number; readonly bytes: number },
	name: string,
): Buffer {
	const body = Buffer.alloc(24);
	body.writeUInt32BE(ssrc, 0);
	body.writeBigUInt64BE(at.ntp, 4);
	body.writeUInt32BE(at.timestamp, 12);
	body.writeUInt32BE(at.packets >>> 0, 16);
	body.writeUInt32BE(at.bytes % 2 ** 32, 20);
	return Buffer.concat([packet(SENDER_REPORT, 0, body), description(ssrc, name)]);
}

/** Our report on the streams we receive, with our source description. */
export function receiverReport(ssrc: number, reports: readonly Omit<ReceptionReport, "type">[], name: string): Buffer {
	const body = Buffer.alloc(4 + reports.length * 24);
	body.writeUInt32BE(ssrc, 0);
	for (const [i, report] of reports.entries()) {
		const at = 4 + i * 24;
		body.writeUInt32BE(report.ssrc, at);
		body.writeUInt8(Math.min(255, Math.floor(report.loss * 256)), at + 4);
		body.writeIntBE(Math.max(-0x800000, Math.min(0x7fffff, report.lost)), at + 5, 3);
		body.writeUInt32BE(report.highest >>> 0, at + 8);
		body.writeUInt32BE(Math.floor(report.jitter) >>> 0, at + 12);
		body.writeUInt32BE(report.lastReport, at + 16);
		body.writeUInt32BE(Math.floor(report.sinceReport * 65536) >>> 0, at + 20);
	}
	return Buffer.concat([packet(RECEIVER_REPORT, reports.length, body), description(ssrc, name)]);
}

/** Asks for packets again. `lost` in ascending order of loss. */
export function nack(from: number, ssrc: number, lost: readonly number[]): Buffer {
	const entries: [number, number][] = [];
	for (const sequence of lost) {
		const last = entries.at(-1);
		const after = last ? ((sequence - last[0]) & 0xffff) - 1 : 16;
		if (last && after >= 0 && after < 16) last[1] |= 1 << after;
		else entries.push([sequence, 0]);
	}
	const body = Buffer.alloc(8 + entries.length * 4);
	body.writeUInt32BE(from, 0);
	body.writeUInt32BE(ssrc, 4);
	for (const [i, [first, mask]] of entries.entries()) {
		body.writeUInt16BE(first, 8 + i * 4);
		body.writeUInt16BE(mask, 10 + i * 4);
	}
	return packet(TRANSPORT_FEEDBACK, 1, body);
}

/** Asks for a key frame (PLI). */
export function pictureLoss(from: number, ssrc: number): Buffer {
	const body = Buffer.alloc(8);
	body.writeUInt32BE(from, 0);
	body.writeUInt32BE(ssrc, 4);
	return packet(PAYLOAD_FEEDBACK, 1, body);
}

/** Tells the sender how many bits per second we can take (REMB). */
export function estimate(from: number, ssrc: number, bitrate: number): Buffer {
	const body = Buffer.alloc(20);
	body.writeUInt32BE(from, 0);
	body.write("REMB", 8, "latin1");
	body.writeUInt8(1, 12);
	const exponent = Math.max(0, Math.ceil(Math.log2((bitrate + 1) / 2 ** 18)));
	body.writeUIntBE(exponent * 2 ** 18 + Math.floor(bitrate / 2 ** exponent), 13, 3);
	body.writeUInt32BE(ssrc, 16);
	return packet(PAYLOAD_FEEDBACK, 15, body);
}

/** Tells that our streams end, with the report that must come before. */
export function goodbye(from: number, streams: readonly number[], name: string): Buffer {
	const body = Buffer.alloc(streams.length * 4);
	for (const [i, ssrc] of streams.entries()) body.writeUInt32BE(ssrc, i * 4);
	return Buffer.concat([receiverReport(from, [], name), packet(GOODBYE, streams.length, body)]);
}

function description(ssrc: number, name: string): Buffer {
	const text = Buffer.from(name, "utf8").subarray(0, 255);
	const body = Buffer.alloc(Math.ceil((4 + 2 + text.length + 1) / 4) * 4);
	body.writeUInt32BE(ssrc, 0);
	body.writeUInt8(1, 4);
	body.writeUInt8(text.length, 5);
	text.copy(body, 6);
	return packet(SOURCE_DESCRIPTION, 1, body);
}

function packet(type: number, count: number, body: Buffer): Buffer {
	const head = Buffer.alloc(4);
	head.writeUInt8(0x80 | count, 0);
	head.writeUInt8(type, 1);
	head.writeUInt16BE(body.length / 4, 2);
	return Buffer.concat([head, body]);
}
