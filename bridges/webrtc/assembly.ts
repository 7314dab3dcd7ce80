import { depacketise, type ReceivedFrame } from "./depacketise.ts";
import type { Codec } from "./packetise.ts";
import { type RtpPacket, sequenceDistance } from "./rtp.ts";

/** A jump of more packets than this is a new start of the sender, not a loss. */
const JUMP = 2000;

/** A packet that has not come yet. */
export interface Missing {
	readonly sequence: number;
	/** When its lack was noticed, seconds. */
	readonly since: number;
	/** When it was last asked for; -∞ before. */
	asked: number;
}

/** Puts packets in order and frames together, and knows what is missing. Nothing waits here but what a gap holds up. */
export class Assembly {
	readonly #codec: Codec;
	readonly #waiting = new Map<number, RtpPacket>();
	readonly #missing = new Map<number, Missing>();
	#next: number | undefined;
	#highest = 0;

	constructor(codec: Codec) {
		this.#codec = codec;
	}

	/** What is missing, the oldest first. */
	get missing(): readonly Missing[] {
		return [...this.#missing.values()];
	}

	/** Takes a packet in and returns the frames that are complete with it. */
	add(packet: RtpPacket, now: number): ReceivedFrame[] {
		const { sequence } = packet;
		const ahead = this.#next === undefined ? JUMP : sequenceDistance(this.#next, sequence);
		if (Math.abs(ahead) >= JUMP) this.#restart(sequence);
		else if (ahead < 0) return [];
		this.#waiting.set(sequence, packet);
		this.#missing.delete(sequence);
		const gap = sequenceDistance(this.#highest, sequence);
		for (let step = 1; step < gap; step++) {
			const lost = (this.#highest + step) & 0xffff;
			this.#missing.set(lost, { sequence: lost, since: now, asked: Number.NEGATIVE_INFINITY });
		}
		if (gap > 0) this.#highest = sequence;
		return this.#drain();
	}

	/** Gives up what is missing, and returns the frames that it held up and that can be put together without it. */
	skip(): ReceivedFrame[] {
		const last = this.missing.at(-1);
		if (!last) return [];
		this.#missing.clear();
		const next = (last.sequence + 1) & 0xffff;
		for (const sequence of this.#waiting.keys()) {
			if (sequenceDistance(next, sequence) < 0) this.#waiting.delete(sequence);
		}
		this.#next = next;
		return this.#drain();
	}

	#restart(sequence: number): void {
		this.#waiting.clear();
		this.#missing.clear();
		this.#next = sequence;
		this.#highest = (sequence - 1) & 0xffff;
	}

	#drain(): ReceivedFrame[] {
		const frames: ReceivedFrame[] = [];
		for (let packets = this.#frame(); packets; packets = this.#frame()) {
			const frame = depacketise(
				this.#codec,
				packets.filter(({ payload }) => payload.length > 0),
			);
			if (frame) frames.push(frame);
		}
		return frames;
	}

	/** The packets of the next frame, if they are all there. */
	#frame(): RtpPacket[] | undefined {
		const packets: RtpPacket[] = [];
		for (let at = this.#next ?? 0; ; at = (at + 1) & 0xffff) {
			const packet = this.#waiting.get(at);
			if (!packet) return undefined;
			// A frame ends with its marker, or where another timestamp begins.
			const other = packets[0] !== undefined && packets[0].timestamp !== packet.timestamp;
			if (!other) packets.push(packet);
			if (!other && !packet.marker) continue;
			for (const { sequence } of packets) this.#waiting.delete(sequence);
			this.#next = other ? at : (at + 1) & 0xffff;
			return packets;
		}
	}
}
