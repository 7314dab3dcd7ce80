import { Link } from "./bitrate.ts";
import { Pace } from "./pace.ts";
import { type Feedback, middle, senderReport, toNtp } from "./rtcp.ts";
import { RtpHeaders } from "./rtp.ts";

/** Packets that can be sent again: one and a half seconds of 8 Mb/s. */
const HISTORY = 1024;
/** Seconds after which a lost packet is of no use any more. */
const TOO_LATE = 1.5;
/** Bytes of a header, roughly. */
const HEAD = 24;
/** RTP's clock of video. */
const TICKS = 90_000;
/** Share of the bitrate that may go into sending again what was lost. */
const REPEATS = 0.4;
/** Share of loss from which on a packet is sent again twice, milliseconds apart: Chromium asks a second time only after 100. */
const TWICE = 0.02;
const APART = 8;

/** What a stream to one viewer is made of. */
export interface OutboundOptions {
	readonly ssrc: number;
	readonly payloadType: number;
	/** For sending again (RFC 4588); without, packets are sent again as they were. */
	readonly retransmission?: { readonly ssrc: number; readonly payloadType: number } | undefined;
	readonly extensions: ReadonlyMap<number, Uint8Array>;
	/** Names the stream in reports. */
	readonly name: string;
	/** Bits per second to begin with. */
	readonly bitrate: number;
	/** Seconds there and back before anything was sent, if known. */
	readonly roundTrip?: number | undefined;
	readonly now: () => number;
	/** Unix time in seconds, of sender reports. */
	readonly wall: () => number;
	sendRtp(ssrc: number, sequence: number, header: Buffer, payload: Buffer): void;
	sendRtcp(compound: Buffer): void;
	/** The viewer cannot go on without a key frame. */
	keyFrame(): void;
}

interface Sent {
	readonly sequence: number;
	readonly timestamp: number;
	readonly marker: boolean;
	readonly payload: Buffer;
	/** When it was last sent. */
	at: number;
}

/** A stream to one viewer: numbers packets, sends lost ones again, reports, and finds out what the link carries. */
export class Outbound implements Disposable {
	readonly link: Link;
	readonly #options: OutboundOptions;
	readonly #headers: RtpHeaders;
	readonly #repeats: RtpHeaders | undefined;
	readonly #history: (Sent | undefined)[] = Array.from({ length: HISTORY });
	readonly #pace = new Pace();
	readonly #timers = new Set<NodeJS.Timeout>();
	readonly #offset = random(2 ** 32);
	#sequence = random(2 ** 15);
	#repeatSequence = random(2 ** 15);
	#packets = 0;
	#bytes = 0;
	#rate = { since: 0, bytes: 0, bits: 0 };
	/** Bytes that may go into sending again now. */
	#repeatable = 0;
	#ticked: number;
	#reported = { at: 0, ntp: 0 };
	#roundTrip: number | undefined;
	#repeated = 0;

	constructor(options: OutboundOptions) {
		this.#options = options;
		const { ssrc, payloadType, extensions, retransmission } = options;
		this.#headers = new RtpHeaders({ ssrc, payloadType, extensions });
		if (retransmission) this.#repeats = new RtpHeaders({ ...retransmission, extensions });
		const now = options.now();
		this.link = new Link(options.bitrate, now, options.roundTrip);
		this.#rate.since = now;
		this.#ticked = now;
		this.#repeatable = (options.bitrate / 8) * REPEATS;
	}

	/** Seconds there and back, from reports. */
	get roundTrip(): number | undefined {
		return this.#roundTrip;
	}

	/** Bits per second that were sent of late. */
	get sending(): number {
		return this.#rate.bits;
	}

	/** Packets that were sent again. */
	get repeated(): number {
		return this.#repeated;
	}

	/** Sends a frame. `time` in ticks of the monotonic clock. */
	send(payloads: readonly Buffer[], time: number): void {
		const timestamp = (time + this.#offset) >>> 0;
		const packets = payloads.map((payload, i) => {
			this.#sequence = (this.#sequence + 1) & 0xffff;
			const sent = { sequence: this.#sequence, timestamp, marker: i === payloads.length - 1, payload, at: 0 };
			this.#history[sent.sequence % HISTORY] = sent;
			return { bytes: payload.length + HEAD, send: () => this.#send(sent) };
		});
		// On a link without trouble a large frame is spread over 12 ms, else at a multiple of what the link carries.
		const all = packets.reduce((sum, { bytes }) => sum + bytes, 0);
		this.#pace.push(packets, this.link.troubled ? (2 * this.link.target) / 8 : all / 0.012);
	}

	/** Takes in what the viewer reports. */
	feedback(said: Feedback): void {
		const { ssrc, now, keyFrame } = this.#options;
		if (said.type === "estimate") this.link.estimate(said.bitrate, now());
		else if (said.type === "sender-report" || said.ssrc !== ssrc) return;
		else if (said.type === "key-frame") keyFrame();
		else if (said.type === "nack") this.#again(said.lost);
		else if (said.type === "reception") {
			if (said.lastReport !== 0 && said.lastReport === this.#reported.ntp) {
				this.#roundTrip = Math.max(0, now() - this.#reported.at - said.sinceReport);
			}
			this.link.reception(said.loss, this.#roundTrip, this.sending, now());
		}
	}

	/** To be called a few times a second: reports, measures, lets the bitrate grow up to `most` bits per second. */
	tick(most: number): void {
		const now = this.#options.now();
		const seconds = now - this.#rate.since;
		if (seconds >= 0.5) {
			this.#rate = { since: now, bytes: this.#bytes, bits: ((this.#bytes - this.#rate.bytes) * 8) / seconds };
		}
		const allowed = (this.link.target / 8) * REPEATS; // bytes per second
		this.#repeatable = Math.min(allowed, this.#repeatable + allowed * (now - this.#ticked));
		this.#ticked = now;
		this.link.tick(most, now);
		if (this.#packets > 0 && now - this.#reported.at >= 0.95) this.#report(now);
	}

	[Symbol.dispose](): void {
		this.#pace[Symbol.dispose]();
		for (const timer of this.#timers) clearTimeout(timer);
		this.#history.fill(undefined);
	}

	#send(sent: Sent): void {
		const { ssrc, sendRtp, now } = this.#options;
		const { sequence, timestamp, marker, payload } = sent;
		sent.at = now();
		this.#packets++;
		this.#bytes += payload.length;
		sendRtp(ssrc, sequence, this.#headers.write(sequence, timestamp, marker), payload);
	}

	#again(lost: readonly number[]): void {
		const now = this.#options.now();
		const patience = Math.min(0.1, this.#roundTrip ?? 0.01);
		for (const sequence of lost) {
			const sent = this.#history[sequence % HISTORY];
			// What is gone from the history can only be made good by beginning anew.
			if (sent?.sequence !== sequence || (sent.at > 0 && now - sent.at > TOO_LATE)) {
				this.#options.keyFrame();
				return;
			}
			if (sent.at === 0 || now - sent.at < patience || this.#repeatable <= 0) continue;
			this.#repeat(sent, now);
			// On a link that is full it would only be lost more often.
			if (this.link.loss > TWICE && !this.link.troubled) this.#later(() => this.#repeat(sent, this.#options.now()));
		}
	}

	#later(job: () => void): void {
		const timer = setTimeout(() => {
			this.#timers.delete(timer);
			job();
		}, APART);
		this.#timers.add(timer);
	}

	#repeat(sent: Sent, now: number): void {
		const { ssrc, sendRtp } = this.#options;
		sent.at = now;
		this.#repeatable -= sent.payload.length;
		this.#repeated++;
		const { sequence, timestamp, marker, payload } = sent;
		if (!this.#repeats) {
			sendRtp(ssrc, sequence, this.#headers.write(sequence, timestamp, marker), payload);
			return;
		}
		this.#repeatSequence = (this.#repeatSequence + 1) & 0xffff;
		const original = Buffer.of(sequence >> 8, sequence & 255);
		const header = this.#repeats.write(this.#repeatSequence, timestamp, marker);
		sendRtp(this.#repeats.ssrc, this.#repeatSequence, header, Buffer.concat([original, payload]));
	}

	#report(now: number): void {
		const { ssrc, wall, name, sendRtcp } = this.#options;
		const ntp = toNtp(wall());
		this.#reported = { at: now, ntp: middle(ntp) };
		const timestamp = (Math.round(now * TICKS) + this.#offset) >>> 0;
		sendRtcp(senderReport(ssrc, { ntp, timestamp, packets: this.#packets, bytes: this.#bytes }, name));
	}
}

function random(below: number): number {
	return Math.floor(Math.random() * below);
}
