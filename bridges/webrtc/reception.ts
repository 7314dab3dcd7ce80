import type { ReceptionReport } from "./rtcp.ts";
import { type RtpPacket, sequenceDistance } from "./rtp.ts";

/** RTP's clock of video. */
const TICKS = 90_000;

/** How well a stream is received, counted as RFC 3550 appendix A says. Times are seconds. */
export class Reception {
	#base: number | undefined;
	/** Highest sequence number, with its cycles. */
	#highest = 0;
	#received = 0;
	#before = { expected: 0, received: 0 };
	#jitter = 0;
	#transit: number | undefined;
	#report = { ntp: 0, at: 0 };

	/** Counts a packet that was not sent again. */
	packet({ sequence, timestamp }: RtpPacket, now: number): void {
		if (this.#base === undefined) {
			this.#base = sequence;
			this.#highest = sequence;
		}
		const ahead = sequenceDistance(this.#highest & 0xffff, sequence);
		if (ahead > 0) this.#highest += ahead;
		this.#received++;
		const transit = now * TICKS - timestamp;
		// The clocks differ by some constant; a jump is a wrap of the timestamp.
		const change = Math.abs(transit - (this.#transit ?? transit));
		if (change < 10 * TICKS) this.#jitter += (change - this.#jitter) / 16;
		this.#transit = transit;
	}

	/** Notes when a sender report came, so that the sender can measure the round trip. */
	senderReport(ntp: number, now: number): void {
		this.#report = { ntp, at: now };
	}

	/** What there is to report now; the share of loss is since the last time. */
	report(ssrc: number, now: number): Omit<ReceptionReport, "type"> {
		const expected = this.#highest - (this.#base ?? 0) + 1;
		const since = expected - this.#before.expected;
		const lost = since - (this.#received - this.#before.received);
		this.#before = { expected, received: this.#received };
		return {
			ssrc,
			loss: since > 0 ? Math.max(0, lost) / since : 0,
			lost: expected - this.#received,
			highest: this.#highest,
			jitter: this.#jitter,
			lastReport: this.#report.ntp,
			sinceReport: this.#report.ntp === 0 ? 0 : now - this.#report.at,
		};
	}
}
