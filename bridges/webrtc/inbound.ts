import { Assembly } from "./assembly.ts";
import type { ReceivedFrame } from "./depacketise.ts";
import type { Codec } from "./packetise.ts";
import { Reception } from "./reception.ts";
import { estimate, type Feedback, middle, nack, pictureLoss, receiverReport } from "./rtcp.ts";
import type { RtpPacket } from "./rtp.ts";

/** Seconds: to wait whether a packet is only late, between asking again, and until it is given up. */
const LATE = 0.008;
const ASK_AGAIN = 0.03;
const GIVE_UP = 0.35;
/** Seconds between two requests for a key frame, and between two reports. */
const KEY_AGAIN = 0.5;
const REPORT = 0.5;
/** Packets in one request. */
const MOST = 128;

/** What a stream from a sender is made of. */
export interface InboundOptions {
	readonly codec: Codec;
	readonly payloadType: number;
	/** Payload type of what is sent again. */
	readonly retransmission: number | undefined;
	/** The source of our reports. */
	readonly ssrc: number;
	/** Names us in reports. */
	readonly name: string;
	/** Bits per second that the sender may use. */
	readonly bitrate: number;
	readonly now: () => number;
	sendRtcp(compound: Buffer): void;
	/** A frame that can be decoded after those before. `arrived` in seconds of the monotonic clock. */
	frame(frame: ReceivedFrame, arrived: number): void;
}

/** A stream from a sender: asks for what is lost, or for a key frame, and hands on what can be decoded. */
export class Inbound {
	readonly #options: InboundOptions;
	readonly #assembly: Assembly;
	readonly #reception = new Reception();
	#ssrc: number | undefined;
	#broken = true;
	#asked = Number.NEGATIVE_INFINITY;
	#reported = Number.NEGATIVE_INFINITY;

	constructor(options: InboundOptions) {
		this.#options = options;
		this.#assembly = new Assembly(options.codec);
	}

	/** Takes a packet in; those of other streams are ignored. */
	packet(packet: RtpPacket): void {
		const { payloadType, retransmission, now } = this.#options;
		const at = now();
		if (packet.payloadType === retransmission) {
			if (packet.payload.length < 3) return; // padding, sent to probe the link
			const original = { sequence: packet.payload.readUInt16BE(0), payload: packet.payload.subarray(2), payloadType };
			this.#take(this.#assembly.add({ ...packet, ...original }, at), at);
		} else if (packet.payloadType === payloadType) {
			this.#ssrc = packet.ssrc;
			this.#reception.packet(packet, at);
			this.#take(this.#assembly.add(packet, at), at);
		}
	}

	/** Takes in what the sender reports. */
	feedback(said: Feedback): void {
		if (said.type === "sender-report" && said.ssrc === this.#ssrc) {
			this.#reception.senderReport(middle(said.ntp), this.#options.now());
		}
	}

	/** To be called every few milliseconds: asks for what is missing, and reports. */
	tick(): void {
		const ssrc = this.#ssrc;
		if (ssrc === undefined) return;
		const now = this.#options.now();
		const missing = this.#assembly.missing;
		const due = missing.filter(({ since, asked }) => now - since >= LATE && now - asked >= ASK_AGAIN).slice(0, MOST);
		if (missing[0] && now - missing[0].since > GIVE_UP) {
			this.#broken = true;
			this.#take(this.#assembly.skip(), now);
			this.#askForKey(now);
		} else if (due.length > 0) {
			for (const one of due) one.asked = now;
			this.#send(
				nack(
					this.#options.ssrc,
					ssrc,
					due.map(({ sequence }) => sequence),
				),
			);
		}
		if (now - this.#reported >= REPORT) this.#report(ssrc, now);
	}

	/** Makes the sender begin anew: what was handed on could not be decoded. */
	restart(): void {
		this.#broken = true;
		this.#askForKey(this.#options.now());
	}

	#take(frames: readonly ReceivedFrame[], now: number): void {
		for (const frame of frames) {
			if (frame.key) this.#broken = false;
			if (this.#broken) this.#askForKey(now);
			else this.#options.frame(frame, now);
		}
	}

	#askForKey(now: number): void {
		if (this.#ssrc === undefined || now - this.#asked < KEY_AGAIN) return;
		this.#asked = now;
		this.#send(pictureLoss(this.#options.ssrc, this.#ssrc));
	}

	#report(ssrc: number, now: number): void {
		this.#reported = now;
		const report = receiverReport(this.#options.ssrc, [this.#reception.report(ssrc, now)], this.#options.name);
		this.#options.sendRtcp(Buffer.concat([report, estimate(this.#options.ssrc, ssrc, this.#options.bitrate)]));
	}

	/** Feedback travels with a report: not everyone takes it alone. */
	#send(feedback: Buffer): void {
		this.#options.sendRtcp(Buffer.concat([receiverReport(this.#options.ssrc, [], this.#options.name), feedback]));
	}
}
