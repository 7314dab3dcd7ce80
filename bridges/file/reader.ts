import type { Packet, Frame as Picture, Rational } from "node-av/lib";
import { closeFile, type Library, type Opened, openFile, patient } from "./open.ts";
import { type LocalFile, unreadable } from "./path.ts";

/** A decoded picture in FFmpeg's memory; whoever receives it frees it. */
export interface Decoded {
	readonly picture: Picture;
	/** When it is shown, in seconds after the first of the file. */
	readonly time: number;
	/** How long, in seconds; above 0. */
	readonly duration: number;
}

/** Packets in a row that may fail before the file counts as broken. */
const BAD_PACKETS = 300;

/** No picture is shown shorter than this, in seconds, whatever the file says. */
const SHORTEST = 1 / 480;

/** Reads the pictures of a file, in order, as often as asked. One call at a time. */
export class Reader implements AsyncDisposable {
	readonly #library: Library;
	readonly #file: LocalFile;
	readonly #packet: Packet;
	#opened: Opened;
	#isDraining = false;
	/** When the file's first picture is shown, on its own clock in seconds. */
	#origin: number | undefined;
	/** When the newest picture is shown and when it ends, in seconds after the first. */
	#newest = { time: 0, end: 0 };
	/** Seconds between the two newest pictures; 0 before there were two. */
	#step = 0;
	#peeked: Decoded | undefined;
	#closed = false;

	private constructor(library: Library, file: LocalFile, opened: Opened) {
		this.#library = library;
		this.#file = file;
		this.#opened = opened;
		this.#packet = new library.Packet();
		this.#packet.alloc();
	}

	/** Opens a file or sequence. Throws `source/unreadable`. */
	static async open(library: Library, file: LocalFile): Promise<Reader> {
		return new Reader(library, file, await openFile(library, file));
	}

	/** Seconds from the first picture to the end of the last, as the file says; 0 if it does not. */
	get duration(): number {
		const { stream, format } = this.#opened;
		const own = Number(stream.duration) * ratio(stream.timeBase);
		const whole = Number(format.duration) / 1e6;
		return own > 0 ? own : Math.max(0, whole);
	}

	/** Name of the codec: `h264`. */
	get codec(): string {
		return this.#library.avGetCodecName(this.#opened.stream.codecpar.codecId) ?? "unknown";
	}

	/** The next picture; `undefined` at the end. What cannot be decoded is left out. Throws `source/unreadable`. */
	async next(): Promise<Decoded | undefined> {
		const peeked = this.#peeked;
		this.#peeked = undefined;
		if (peeked) return peeked;
		const { FFmpegError, PosixError, Frame, c } = this.#library;
		const again = FFmpegError.AVERROR(PosixError.EAGAIN);
		const picture = new Frame();
		picture.alloc();
		for (let bad = 0; bad < BAD_PACKETS; ) {
			const code = await this.#receive(picture);
			if (code >= 0) return this.#timed(picture);
			if (code === c.AVERROR_EOF || (code !== again && this.#isDraining)) {
				picture.free();
				return undefined;
			}
			if (code !== again || !(await this.#feed())) bad++;
		}
		picture.free();
		throw unreadable(this.#file.path, "its pictures cannot be decoded");
	}

	/** Goes back to the first picture. */
	async rewind(): Promise<void> {
		if (!(await this.#jump(0))) return this.#reopen();
		const first = await this.next();
		if (first && first.time < first.duration / 2) {
			this.#peeked = first;
		} else {
			first?.picture.free();
			await this.#reopen();
		}
	}

	/** Goes to a picture from which the one at `time` can be reached: the caller leaves out what comes before. */
	async seek(time: number): Promise<void> {
		if (this.#origin === undefined) this.#peeked = await this.next();
		if (!(await this.#jump(time))) await this.#reopen();
	}

	async [Symbol.asyncDispose](): Promise<void> {
		if (this.#closed) return;
		this.#closed = true;
		this.#forget();
		if (await closeFile(this.#opened)) this.#packet.free();
	}

	async #jump(time: number): Promise<boolean> {
		const { format, stream, decoder } = this.#opened;
		const target = BigInt(Math.floor(((this.#origin ?? 0) + time) / ratio(stream.timeBase)));
		this.#forget();
		const flags = this.#library.c.AVSEEK_FLAG_BACKWARD;
		const code = await this.#patient(format.seekFrame(stream.index, target, flags));
		if (code >= 0) decoder.flushBuffers();
		this.#newest = { time, end: time };
		return code >= 0;
	}

	/** For formats that cannot go back. */
	async #reopen(): Promise<void> {
		this.#forget();
		this.#newest = { time: 0, end: 0 };
		const before = this.#opened;
		this.#opened = await openFile(this.#library, this.#file);
		await closeFile(before);
	}

	#forget(): void {
		this.#peeked?.picture.free();
		this.#peeked = undefined;
		this.#isDraining = false;
	}

	/** Decoding happens as a packet is handed over, so that this takes no time; only at the end may there be work left. */
	#receive(picture: Picture): number | Promise<number> {
		const { decoder } = this.#opened;
		return this.#isDraining ? this.#patient(decoder.receiveFrame(picture)) : decoder.receiveFrameSync(picture);
	}

	/** Hands one packet to the decoder. Returns whether that did any good. */
	async #feed(): Promise<boolean> {
		const { format, stream, decoder } = this.#opened;
		const packet = this.#packet;
		packet.unref();
		const code = await this.#patient(format.readFrame(packet));
		if (code < 0) {
			// A file that breaks off ends there.
			this.#isDraining = true;
			await this.#patient(decoder.sendPacket(null));
			return true;
		}
		return packet.streamIndex !== stream.index || (await this.#patient(decoder.sendPacket(packet))) >= 0;
	}

	#timed(picture: Picture): Decoded {
		const { stream } = this.#opened;
		const unit = ratio(stream.timeBase);
		const rate = ratio(stream.avgFrameRate) || ratio(stream.rFrameRate) || 25;
		const own = Number(picture.duration) * unit;
		const stamp = picture.bestEffortTimestamp;
		const isStamped = stamp !== this.#library.c.AV_NOPTS_VALUE;
		const clock = isStamped ? Number(stamp) * unit : this.#newest.end + (this.#origin ?? 0);
		this.#origin ??= clock;
		const time = Math.max(0, clock - this.#origin);
		if (time > this.#newest.time) this.#step = time - this.#newest.time;
		const usual = this.#step || 1 / rate;
		// Some containers have no lengths, or wrong ones.
		const duration = Math.max(SHORTEST, own > usual / 2 ? own : usual);
		this.#newest = { time, end: time + duration };
		return { picture, time, duration };
	}

	#patient<T>(step: Promise<T>): Promise<T> {
		return patient(this.#file.path, this.#opened.format, step);
	}
}

function ratio({ num, den }: Rational): number {
	return den === 0 ? 0 : num / den;
}
