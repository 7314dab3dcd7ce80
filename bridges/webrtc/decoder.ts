import type { Size } from "mutoscope/sdk";
import { AV_CODEC_FLAG_LOW_DELAY, AV_PIX_FMT_RGBA, type AVPixelFormat, SWS_FAST_BILINEAR } from "node-av/constants";
import {
	Codec as AvCodec,
	CodecContext,
	FFmpegError,
	Packet,
	Frame as Picture,
	SoftwareScaleContext,
} from "node-av/lib";
import { CODECS } from "./codecs.ts";
import type { Codec } from "./packetise.ts";
import { blank } from "./scaler.ts";

/** Pixels as a ring takes them: RGBA, no padding. */
export interface DecodedFrame {
	readonly size: Size;
	/** Holds until the next call. */
	readonly pixels: Uint8Array;
}

/** Decodes one stream to RGBA. The size may change at any frame. Calls must not overlap. */
export class Decoder implements Disposable {
	readonly #context = new CodecContext();
	readonly #packet = new Packet();
	readonly #picture = new Picture();
	#scaling:
		| { from: Size & { format: AVPixelFormat }; context: SoftwareScaleContext; picture: Picture; pixels: Uint8Array }
		| undefined;
	#open = true;

	/** Ready for `codec`. */
	static async open(codec: Codec): Promise<Decoder> {
		const decoder = new Decoder();
		const found = AvCodec.findDecoderByName(CODECS[codec].decoder);
		decoder.#context.allocContext3(found);
		// Several threads would each hold a frame back.
		decoder.#context.threadCount = 1;
		decoder.#context.setFlags(AV_CODEC_FLAG_LOW_DELAY);
		decoder.#packet.alloc();
		decoder.#picture.alloc();
		FFmpegError.throwIfError(await decoder.#context.open2(found), `open ${codec}`);
		return decoder;
	}

	private constructor() {}

	/** The frame, or `undefined` if there is nothing to show of it. Throws if it is damaged. */
	async decode(data: Buffer): Promise<DecodedFrame | undefined> {
		this.#packet.data = data;
		try {
			FFmpegError.throwIfError(await this.#context.sendPacket(this.#packet), "decode");
		} finally {
			this.#packet.unref();
		}
		if (this.#context.receiveFrameSync(this.#picture) < 0) return undefined;
		try {
			return await this.#convert(this.#picture);
		} finally {
			this.#picture.unref();
		}
	}

	async #convert(picture: Picture): Promise<DecodedFrame> {
		const { width, height } = picture;
		const format = picture.format as AVPixelFormat;
		const before = this.#scaling?.from;
		if (before?.width !== width || before.height !== height || before.format !== format)
			this.#rescale({ width, height, format });
		const scaling = this.#scaling;
		if (!scaling) throw new TypeError("a decoder was used after it was closed");
		FFmpegError.throwIfError(await scaling.context.scaleFrame(scaling.picture, picture), "convert");
		const [plane] = scaling.picture.data ?? [];
		const [stride = 0] = scaling.picture.linesize;
		const row = width * 4;
		if (plane && stride === row) scaling.pixels.set(plane.subarray(0, row * height));
		else for (let y = 0; y < height; y++) plane?.copy(scaling.pixels, y * row, y * stride, y * stride + row);
		return { size: { width, height }, pixels: scaling.pixels };
	}

	#rescale(from: Size & { format: AVPixelFormat }): void {
		this.#letGo();
		const { width, height, format } = from;
		const context = new SoftwareScaleContext();
		context.getContext(width, height, format, width, height, AV_PIX_FMT_RGBA, SWS_FAST_BILINEAR);
		this.#scaling = {
			from,
			context,
			picture: blank(from, AV_PIX_FMT_RGBA),
			pixels: new Uint8Array(width * height * 4),
		};
	}

	#letGo(): void {
		this.#scaling?.context.freeContext();
		this.#scaling?.picture.free();
		this.#scaling = undefined;
	}

	[Symbol.dispose](): void {
		if (!this.#open) return;
		this.#open = false;
		this.#letGo();
		this.#packet.free();
		this.#picture.free();
		this.#context.freeContext();
	}
}
