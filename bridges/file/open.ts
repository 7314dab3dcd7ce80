import { availableParallelism } from "node:os";
import type { CodecContext, FormatContext, Stream } from "node-av/lib";
import { FORMATS } from "./formats.ts";
import { type LocalFile, unreadable } from "./path.ts";

/** FFmpeg, which comes into memory when a file is opened, not before. */
export type Library = typeof import("node-av/lib") & { readonly c: typeof import("node-av/constants") };

/** A file whose pictures can be decoded. */
export interface Opened {
	readonly format: FormatContext;
	readonly stream: Stream;
	readonly decoder: CodecContext;
}

/** Most pixels of a picture: 100 million. */
const MAX_PIXELS = 1e8;

/** Pictures a second of a sequence. */
const SEQUENCE_RATE = 30;

/** Seconds that FFmpeg may take for one step before a file counts as broken. */
const PATIENCE = 10;

/** Loads FFmpeg. */
export async function loadLibrary(): Promise<Library> {
	const [lib, c] = await Promise.all([import("node-av/lib"), import("node-av/constants")]);
	lib.Log.setLevel(c.AV_LOG_QUIET);
	return { ...lib, c };
}

/** Files that FFmpeg still works on although we have given them up. */
const stuck = new WeakSet<FormatContext>();

/** Waits for a step of FFmpeg, and interrupts one that takes too long. Throws `source/unreadable`. */
export async function patient<T>(path: string, format: FormatContext, step: Promise<T>): Promise<T> {
	const { promise, reject } = Promise.withResolvers<never>();
	const timer = setTimeout(() => {
		stuck.add(format);
		format.interrupt();
		reject(unreadable(path, `a step of reading it took longer than ${PATIENCE} s`));
	}, PATIENCE * 1000);
	const free = () => stuck.delete(format);
	step.then(free, free);
	try {
		return await Promise.race([step, promise]);
	} finally {
		clearTimeout(timer);
	}
}

/** Gives back FFmpeg's memory, unless it still works in it: then it is lost, and the answer `false`. */
export async function closeFile({ format, decoder }: Pick<Opened, "format" | "decoder">): Promise<boolean> {
	if (stuck.has(format)) return false;
	decoder.freeContext();
	await format.closeInput();
	return true;
}

/** Opens the best video stream of a file. Throws `source/unreadable`. */
export async function openFile(library: Library, { path, first }: LocalFile): Promise<Opened> {
	const { c, FormatContext, CodecContext, Dictionary, InputFormat } = library;
	const format = new FormatContext();
	const decoder = new CodecContext();
	try {
		const options = Dictionary.fromObject({
			protocol_whitelist: "file",
			format_whitelist: FORMATS,
			pattern_type: first === undefined ? "none" : "sequence",
			...(first !== undefined && { start_number: first, framerate: SEQUENCE_RATE }),
		});
		const kind = first === undefined ? null : InputFormat.findInputFormat("image2");
		need(library, path, await patient(path, format, format.openInput(`file:${path}`, kind, options)));
		options.free();
		need(library, path, await patient(path, format, format.findStreamInfo(null)));
		const stream = format.streams[format.findBestStream(c.AVMEDIA_TYPE_VIDEO)];
		if (!stream) throw unreadable(path, "there is no picture in it");
		if (stream.disposition & c.AV_DISPOSITION_DEPENDENT) {
			throw unreadable(path, "its picture is made of tiles, as phones write HEIC: save it as JPEG or PNG");
		}
		const codec = decoderFor(library, stream);
		if (!codec) throw unreadable(path, "FFmpeg has no decoder for its pictures");
		for (const other of format.streams) {
			if (other.index !== stream.index) other.discard = c.AVDISCARD_ALL;
		}
		decoder.allocContext3(codec);
		need(library, path, decoder.parametersToContext(stream.codecpar));
		decoder.pktTimebase = stream.timeBase;
		decoder.threadCount = Math.min(4, availableParallelism());
		const limits = Dictionary.fromObject({ max_pixels: MAX_PIXELS });
		need(library, path, await patient(path, format, decoder.open2(codec, limits)));
		limits.free();
		return { format, stream, decoder };
	} catch (error) {
		await closeFile({ format, decoder });
		throw error;
	}
}

/** Only libvpx gives the alpha channel of WebM. */
function decoderFor({ c, Codec }: Library, stream: Stream) {
	const { codecId } = stream.codecpar;
	const name = codecId === c.AV_CODEC_ID_VP8 ? c.FF_DECODER_LIBVPX_VP8 : c.FF_DECODER_LIBVPX_VP9;
	const isAlpha = stream.metadata?.get("alpha_mode") === "1";
	if (isAlpha && (codecId === c.AV_CODEC_ID_VP8 || codecId === c.AV_CODEC_ID_VP9)) return Codec.findDecoderByName(name);
	return Codec.findDecoder(codecId);
}

function need({ c, FFmpegError }: Library, path: string, code: number): void {
	if (code >= 0) return;
	const isUnknown = code === c.AVERROR_INVALIDDATA || code === c.AVERROR_EOF;
	const reason = isUnknown ? "it is broken, or no video or picture at all" : FFmpegError.strerror(code);
	throw unreadable(path, reason);
}
