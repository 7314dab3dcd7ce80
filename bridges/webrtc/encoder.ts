import type { Size } from "mutoscope/sdk";
import {
	AV_PICTURE_TYPE_I,
	AV_PICTURE_TYPE_NONE,
	AV_PIX_FMT_YUV420P,
	AVCOL_PRI_SMPTE170M,
	AVCOL_RANGE_MPEG,
	AVCOL_SPC_SMPTE170M,
	AVCOL_TRC_SMPTE170M,
} from "node-av/constants";
import {
	Codec as AvCodec,
	CodecContext,
	Dictionary,
	FFmpegError,
	Packet,
	type Frame as Picture,
	Rational,
} from "node-av/lib";
import { CODECS } from "./codecs.ts";
import type { Codec } from "./packetise.ts";

/** A frame as it goes into packets. */
export interface EncodedFrame {
	/** H.264 as Annex B with its parameter sets, a VP8 or VP9 frame, or a temporal unit of AV1. */
	readonly data: Buffer;
	/** Whether a viewer can begin with it. */
	readonly key: boolean;
}

/** RTP's clock of video. */
export const TICKS = 90_000;

/** What an encoder plans for until it knows better. */
const USUAL_FPS = 30;

/** One encoder, of one size, with the options of `CODECS`. Calls must not overlap. */
export class Encoder implements Disposable {
	readonly codec: Codec;
	readonly size: Size;
	readonly #context: CodecContext;
	readonly #packet = new Packet();
	#bitrate: number;
	#last: number | undefined;
	#open = true;

	/** `bitrate` in bits per second. */
	static async open(codec: Codec, size: Size, bitrate: number): Promise<Encoder> {
		const context = new CodecContext();
		const encoder = AvCodec.findEncoderByName(CODECS[codec].encoder);
		context.allocContext3(encoder);
		context.width = size.width;
		context.height = size.height;
		context.pixelFormat = AV_PIX_FMT_YUV420P;
		context.timeBase = new Rational(1, TICKS);
		// Without a rate it takes every tick for a frame, and starves them. What counts is the time of each frame.
		context.framerate = new Rational(USUAL_FPS, 1);
		context.gopSize = 9999;
		context.maxBFrames = 0;
		context.threadCount = 1;
		// Unflagged, a browser takes BT.709 and the colours are off by up to 39 of 255.
		context.colorSpace = AVCOL_SPC_SMPTE170M;
		context.colorPrimaries = AVCOL_PRI_SMPTE170M;
		context.colorTrc = AVCOL_TRC_SMPTE170M;
		context.colorRange = AVCOL_RANGE_MPEG;
		setRate(context, codec, bitrate);
		using options = Dictionary.fromObject(CODECS[codec].options);
		FFmpegError.throwIfError(await context.open2(encoder, options), `open ${codec}`);
		return new Encoder(codec, size, context, bitrate);
	}

	private constructor(codec: Codec, size: Size, context: CodecContext, bitrate: number) {
		this.codec = codec;
		this.size = size;
		this.#context = context;
		this.#bitrate = bitrate;
		this.#packet.alloc();
	}

	/** Bits per second. */
	get bitrate(): number {
		return this.#bitrate;
	}

	/** Takes another bitrate without a seam; `false` if this codec must be opened anew for it. */
	retune(bitrate: number): boolean {
		if (!CODECS[this.codec].retunes) return false;
		this.#bitrate = bitrate;
		setRate(this.#context, this.codec, bitrate);
		return true;
	}

	/** `time` in ticks, more than the last. `undefined` if the encoder chose to drop it. */
	async encode(picture: Picture, time: number, key: boolean): Promise<EncodedFrame | undefined> {
		picture.pts = BigInt(time);
		picture.duration = BigInt(Math.min(TICKS, Math.max(1, time - (this.#last ?? time - TICKS / USUAL_FPS))));
		this.#last = time;
		picture.pictType = key ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
		FFmpegError.throwIfError(await this.#context.sendFrame(picture), "encode");
		// All the work was done in `sendFrame`; with no latency there is one packet now, or none.
		if (this.#context.receivePacketSync(this.#packet) < 0) return undefined;
		const data = this.#packet.data ?? Buffer.alloc(0); // a copy already
		const result = { data, key: this.#packet.isKeyframe };
		this.#packet.unref();
		return result;
	}

	[Symbol.dispose](): void {
		if (!this.#open) return;
		this.#open = false;
		this.#packet.free();
		this.#context.freeContext();
	}
}

function setRate(context: CodecContext, codec: Codec, bitrate: number): void {
	context.bitRate = BigInt(Math.round(bitrate));
	context.rcMaxRate = BigInt(Math.round(bitrate));
	if (CODECS[codec].constant) context.rcMinRate = BigInt(Math.round(bitrate));
	context.rcBufferSize = Math.round(bitrate * CODECS[codec].buffer);
}
