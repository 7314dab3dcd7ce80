import type { Size } from "mutoscope/sdk";
import * as c from "node-av/constants";
import * as av from "node-av/lib";
import { drawCard } from "../../src/media/card.ts";
import { Frame } from "../../src/media/frame.ts";

/** What a clip for a test is made of. */
export interface ClipOptions {
	/** FFmpeg's name of the encoder; `libx264` unless said. */
	readonly codec?: string;
	/** FFmpeg's name of the container; by the file's name unless said. */
	readonly format?: string;
	readonly pixels?: av.Frame["format"];
	readonly size?: Size;
	/** How many frames, and how long each, in seconds. */
	readonly frames?: number;
	readonly duration?: (index: number) => number;
	/** Frames between key frames. */
	readonly group?: number;
	/** B-frames between others. */
	readonly between?: number;
	readonly alpha?: boolean;
	readonly options?: Readonly<Record<string, string | number>>;
	readonly muxer?: Readonly<Record<string, string | number>>;
	/** Degrees that a player has to turn it to the right. */
	readonly rotation?: number;
	/** Draws a frame; the test card unless said. */
	readonly draw?: (frame: Frame, index: number) => void;
	/** Said of the colours, and used to convert them. */
	readonly matrix?: av.Frame["colorSpace"];
	/** Said of the colours in spite of how they were converted. */
	readonly pretended?: av.Frame["colorSpace"];
	readonly range?: av.Frame["colorRange"];
	readonly transfer?: av.Frame["colorTrc"];
}

const check = av.FFmpegError.throwIfError;
av.Log.setLevel(c.AV_LOG_FATAL);

/** Writes a clip with FFmpeg: frame `i` is test card `i`, unless it is drawn otherwise. */
export async function makeClip(path: string, options: ClipOptions = {}): Promise<void> {
	const { size = { width: 320, height: 240 }, frames = 30, duration = () => 1 / 30 } = options;
	const { pixels = c.AV_PIX_FMT_YUV420P, draw = (frame, index) => drawCard(frame, index, index) } = options;
	const format = new av.FormatContext();
	check(format.allocOutputContext2(null, options.format ?? null, path), "format");
	const codec = av.Codec.findEncoderByName((options.codec ?? "libx264") as never);
	const encoder = new av.CodecContext();
	encoder.allocContext3(codec);
	encoder.width = size.width;
	encoder.height = size.height;
	encoder.pixelFormat = pixels as never;
	encoder.timeBase = new av.Rational(1, 90_000);
	encoder.framerate = new av.Rational(30, 1);
	encoder.gopSize = options.group ?? 15;
	encoder.maxBFrames = options.between ?? 0;
	encoder.threadCount = 1;
	const isRgb = /rgb|pal8|gray|bgr/.test(av.avGetPixFmtName(pixels as never) ?? "");
	const matrix = isRgb ? c.AVCOL_SPC_RGB : (options.matrix ?? c.AVCOL_SPC_BT709);
	const range = isRgb ? c.AVCOL_RANGE_JPEG : (options.range ?? c.AVCOL_RANGE_MPEG);
	encoder.colorSpace = options.pretended ?? matrix;
	encoder.colorRange = range;
	if (options.transfer !== undefined) encoder.colorTrc = options.transfer;
	if (/mp4|mov|matroska/.test(format.oformat?.name ?? "")) encoder.setFlags(c.AV_CODEC_FLAG_GLOBAL_HEADER);
	encoder.setFlags(c.AV_CODEC_FLAG_FRAME_DURATION);
	check(await encoder.open2(codec, av.Dictionary.fromObject({ ...options.options })), "encoder");

	const stream = format.newStream();
	check(encoder.parametersFromContext(stream.codecpar), "stream");
	stream.timeBase = encoder.timeBase;
	if (options.rotation) {
		stream.codecpar.addCodedSideData(c.AV_PKT_DATA_DISPLAYMATRIX, matrixOf(options.rotation));
	}
	check(await format.openOutput(), "open");
	check(await format.writeHeader(av.Dictionary.fromObject({ ...options.muxer })), "header");

	const packet = new av.Packet();
	packet.alloc();
	const drain = async () => {
		while ((await encoder.receivePacket(packet)) >= 0) {
			packet.streamIndex = 0;
			packet.rescaleTs(encoder.timeBase, format.streams[0]?.timeBase ?? encoder.timeBase);
			check(await format.interleavedWriteFrame(packet), "write");
		}
	};
	const source = picture(size, c.AV_PIX_FMT_RGBA);
	source.colorSpace = c.AVCOL_SPC_RGB;
	source.colorRange = c.AVCOL_RANGE_JPEG;
	const scaler = new av.SoftwareScaleContext();
	scaler.allocContext();
	const frame = new Frame(size, new Uint8Array(size.width * size.height * 4));
	let time = 0;
	for (let i = 0; i < frames; i++) {
		draw(frame, i);
		const [target] = source.data ?? [];
		const [stride = 0] = source.linesize;
		for (let y = 0; y < size.height; y++) {
			target?.set(frame.data.subarray(y * size.width * 4, (y + 1) * size.width * 4), y * stride);
		}
		const shown = picture(size, pixels);
		shown.colorSpace = matrix;
		shown.colorRange = range;
		check(await scaler.scaleFrame(shown, source), "scale");
		shown.pts = BigInt(Math.round(time * 90_000));
		shown.duration = BigInt(Math.round(duration(i) * 90_000));
		shown.colorSpace = encoder.colorSpace;
		if (options.transfer !== undefined) shown.colorTrc = options.transfer;
		check(await encoder.sendFrame(shown), "encode");
		shown.free();
		await drain();
		time += duration(i);
	}
	check(await encoder.sendFrame(null), "flush");
	await drain();
	check(await format.writeTrailer(), "trailer");
	await format.closeOutput();
	format.freeContext();
	encoder.freeContext();
	scaler.freeContext();
	source.free();
	packet.free();
}

function picture({ width, height }: Size, format: av.Frame["format"]): av.Frame {
	const made = new av.Frame();
	made.alloc();
	made.width = width;
	made.height = height;
	made.format = format;
	check(made.getBuffer(0), "frame");
	return made;
}

/** A display matrix as `av_display_rotation_set` makes it. */
function matrixOf(degrees: number): Buffer {
	const radians = (degrees * Math.PI) / 180;
	const [cos, sin] = [Math.round(Math.cos(radians) * 65_536), Math.round(Math.sin(radians) * 65_536)];
	const bytes = Buffer.alloc(36);
	for (const [i, value] of [cos, sin, 0, -sin, cos, 0, 0, 0, 1 << 30].entries()) bytes.writeInt32LE(value, 4 * i);
	return bytes;
}
