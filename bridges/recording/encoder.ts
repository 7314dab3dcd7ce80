import { availableParallelism } from "node:os";
import type { Size } from "mutoscope/sdk";
import type { CodecContext, Packet, Frame as Picture } from "node-av/lib";

/** Time base of recordings in ticks per second: what 24, 25, 30, 50 and 60 fps all divide. */
export const TICKS = 90_000;

/** libx264 presets worth recording with, best first. `superfast` is the fastest that still is High profile. */
export const PRESETS = ["veryfast", "superfast", "ultrafast"] as const;
export type Preset = (typeof PRESETS)[number];

/** Most bits a pixel may take, so that noise stays within what the H.264 level allows: 22 Mb/s at 720p60. */
const BITS_PER_PIXEL = 0.4;

/** Threads of x264: on two cores one, since the other is the show's. */
export const ENCODER_THREADS = Math.min(4, Math.max(1, Math.floor(availableParallelism() / 2)));

/** How an encoder is set up. */
export interface EncoderOptions {
	/** Even in both directions. */
	readonly size: Size;
	/** Highest rate of frames to expect; decides the H.264 level. */
	readonly fps: number;
	/** libx264's constant rate factor: 0 is lossless, 51 the worst. */
	readonly crf: number;
	readonly preset: Preset;
}

/** Turns RGBA into H.264: yuv420p, BT.709 in video range and flagged so, no B-frames, no lookahead. */
export interface Encoder extends Disposable {
	readonly context: CodecContext;
	/** Takes pixels of any size in (they are copied at once) and scales them to its own. */
	load(pixels: Uint8Array, size: Size): void;
	/** Encodes what was loaded; a key frame begins a new group. */
	encode(ticks: bigint, key: boolean): Promise<Packet[]>;
	/** Packets that were held back. */
	flush(): Promise<Packet[]>;
}

/** Opens an encoder. FFmpeg comes into memory here, not when the daemon reads the schemas. */
export async function openEncoder({ size, fps, crf, preset }: EncoderOptions): Promise<Encoder> {
	const av = await import("node-av/lib");
	const c = await import("node-av/constants");
	const check = av.FFmpegError.throwIfError;
	av.Log.setLevel(c.AV_LOG_FATAL);

	const blank = ({ width, height }: Size, format: Picture["format"]) => {
		const picture = new av.Frame();
		picture.alloc();
		picture.width = width;
		picture.height = height;
		picture.format = format;
		check(picture.getBuffer(0), "frame");
		return picture;
	};
	const codec = av.Codec.findEncoderByName("libx264" as never);
	const context = new av.CodecContext();
	context.allocContext3(codec);
	context.width = size.width;
	context.height = size.height;
	context.pixelFormat = c.AV_PIX_FMT_YUV420P;
	context.timeBase = new av.Rational(1, TICKS);
	context.framerate = new av.Rational(Math.ceil(fps), 1);
	context.gopSize = 9999;
	const ceiling = BigInt(Math.round(size.width * size.height * fps * BITS_PER_PIXEL));
	context.rcMaxRate = ceiling;
	context.rcBufferSize = Number(ceiling);
	context.maxBFrames = 0;
	context.threadCount = ENCODER_THREADS;
	context.colorSpace = c.AVCOL_SPC_BT709;
	context.colorPrimaries = c.AVCOL_PRI_BT709;
	context.colorTrc = c.AVCOL_TRC_BT709;
	context.colorRange = c.AVCOL_RANGE_MPEG;
	context.setFlags(c.AV_CODEC_FLAG_GLOBAL_HEADER);
	const options = av.Dictionary.fromObject({
		preset,
		crf,
		profile: "high",
		"forced-idr": 1,
		"x264-params": "rc-lookahead=0:sync-lookahead=0:mbtree=0:8x8dct=1:cabac=1",
	});
	check(await context.open2(codec, options), "libx264");
	options.free();

	const scaler = new av.SoftwareScaleContext();
	scaler.allocContext();
	scaler.setOption("sws_flags", "bilinear");
	const planes = blank(size, c.AV_PIX_FMT_YUV420P);
	planes.colorSpace = c.AVCOL_SPC_BT709;
	planes.colorPrimaries = c.AVCOL_PRI_BT709;
	planes.colorTrc = c.AVCOL_TRC_BT709;
	planes.colorRange = c.AVCOL_RANGE_MPEG;
	let loaded: Picture | undefined;

	const received = async () => {
		const packets: Packet[] = [];
		for (;;) {
			const packet = new av.Packet();
			packet.alloc();
			const code = await context.receivePacket(packet);
			if (code < 0) {
				packet.free();
				if (code !== c.AVERROR_EOF && code !== av.FFmpegError.AVERROR(av.PosixError.EAGAIN)) check(code, "libx264");
				return packets;
			}
			packets.push(packet);
		}
	};

	return {
		context,
		load(pixels, { width, height }) {
			if (loaded?.width !== width || loaded.height !== height) {
				loaded?.free();
				loaded = blank({ width, height }, c.AV_PIX_FMT_RGBA);
				loaded.colorSpace = c.AVCOL_SPC_RGB;
				loaded.colorPrimaries = c.AVCOL_PRI_BT709;
				loaded.colorTrc = c.AVCOL_TRC_BT709;
				loaded.colorRange = c.AVCOL_RANGE_JPEG;
			}
			const [target] = loaded.data ?? [];
			const [stride = 0] = loaded.linesize;
			if (!target) throw new TypeError("a frame without memory");
			if (stride === width * 4) target.set(pixels);
			else for (let y = 0; y < height; y++) target.set(pixels.subarray(y * width * 4, (y + 1) * width * 4), y * stride);
		},
		async encode(ticks, key) {
			if (!loaded) throw new TypeError("nothing was loaded");
			check(planes.makeWritable(), "frame");
			check(await scaler.scaleFrame(planes, loaded), "swscale");
			planes.pts = ticks;
			planes.pictType = key ? c.AV_PICTURE_TYPE_I : c.AV_PICTURE_TYPE_NONE;
			check(await context.sendFrame(planes), "libx264");
			return received();
		},
		async flush() {
			check(await context.sendFrame(null), "libx264");
			return received();
		},
		[Symbol.dispose]() {
			loaded?.free();
			planes.free();
			scaler.freeContext();
			context.freeContext();
		},
	};
}
