import type { CodecContext, FormatContext, Packet } from "node-av/lib";
import { TICKS } from "./encoder.ts";

/** Seconds of video in a fragment: what a crash may cost, at most. */
const FRAGMENT = 0.5;

/**
 * An MP4 file that is being written.
 *
 * While it grows it is a row of fragments, each of which can be played once it is there; a proper end turns it into a plain MP4
 * with one index (FFmpeg's `hybrid_fragmented`, the layout of OBS's Hybrid MP4).
 */
export interface Movie {
	/** Writes a packet, and frees it. Throws what the disk says. */
	write(packet: Packet): Promise<void>;
	/** Bytes written so far. */
	readonly bytes: number;
	/** Writes the index. `end` is when the last frame ends, in ticks. */
	finish(end: bigint): Promise<void>;
	/** Closes the file as it is. */
	abandon(): Promise<void>;
}

/** Creates the file for what `encoder` makes. */
export async function createMovie(path: string, encoder: CodecContext): Promise<Movie> {
	const av = await import("node-av/lib");
	const c = await import("node-av/constants");
	const check = av.FFmpegError.throwIfError;

	const format: FormatContext = new av.FormatContext();
	let held: Packet | undefined;
	let open = true;
	const close = async () => {
		if (!open) return;
		open = false;
		held?.free();
		await format.closeOutput();
		format.freeContext();
	};
	try {
		check(format.allocOutputContext2(null, "mp4", `file:${path}`), "mp4");
		format.setFlags(c.AVFMT_FLAG_FLUSH_PACKETS);
		const stream = format.newStream();
		check(encoder.parametersFromContext(stream.codecpar), "mp4");
		stream.timeBase = new av.Rational(1, TICKS);
		check(await format.openOutput(), "open");
		const options = av.Dictionary.fromObject({
			movflags: "hybrid_fragmented+default_base_moof+negative_cts_offsets",
			frag_duration: FRAGMENT * 1e6,
			video_track_timescale: TICKS,
			write_tmcd: 0,
		});
		check(await format.writeHeader(options), "header");
		options.free();
	} catch (error) {
		await close();
		throw error;
	}
	const timeBase = { num: 1, den: TICKS };

	/** The length of a frame is known when the next one is there. */
	const release = async (end: bigint) => {
		const packet = held;
		held = undefined;
		if (!packet) return;
		try {
			const [stream] = format.streams;
			packet.duration = end > packet.pts ? end - packet.pts : 1n;
			packet.streamIndex = 0;
			packet.rescaleTs(timeBase, stream?.timeBase ?? timeBase);
			check(await format.interleavedWriteFrame(packet), "write");
			const failed = format.pb?.error ?? 0;
			check(failed, "write");
		} finally {
			packet.free();
		}
	};
	return {
		async write(packet) {
			await release(packet.pts);
			held = packet;
		},
		get bytes() {
			return open ? Number(format.pbBytes) : 0;
		},
		async finish(end) {
			await release(end);
			check(await format.writeTrailer(), "trailer");
			const failed = format.pb?.error ?? 0;
			await close();
			check(failed, "write");
		},
		abandon: close,
	};
}
