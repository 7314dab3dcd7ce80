import type { Size } from "mutoscope/sdk";
import {
	AV_PIX_FMT_RGBA,
	AV_PIX_FMT_YUV420P,
	AVCOL_PRI_SMPTE170M,
	AVCOL_RANGE_MPEG,
	AVCOL_SPC_SMPTE170M,
	AVCOL_TRC_SMPTE170M,
	type AVPixelFormat,
	SWS_BILINEAR,
	SWS_FAST_BILINEAR,
} from "node-av/constants";
import { FFmpegError, Frame as Picture, SoftwareScaleContext } from "node-av/lib";

/** Copies RGBA pixels into a picture of FFmpeg's own, once for all encoders. Its memory is used again for each frame. */
export class Canvas implements Disposable {
	#picture: Picture | undefined;
	#size: Size = { width: 0, height: 0 };

	/** Takes pixels in. */
	put(pixels: Uint8Array, size: Size): void {
		if (size.width !== this.#size.width || size.height !== this.#size.height) this[Symbol.dispose]();
		this.#size = size;
		this.#picture ??= blank(size, AV_PIX_FMT_RGBA);
		// `fromBuffer` would alias memory that may be collected while FFmpeg reads it.
		const [plane] = this.#picture.data ?? [];
		const [stride = 0] = this.#picture.linesize;
		const row = size.width * 4;
		if (stride === row) plane?.set(pixels);
		else for (let y = 0; y < size.height; y++) plane?.set(pixels.subarray(y * row, (y + 1) * row), y * stride);
	}

	/** What was put in last. Throws `TypeError` before there is anything. */
	get picture(): Picture {
		if (!this.#picture) throw new TypeError("there is nothing on this canvas");
		return this.#picture;
	}

	[Symbol.dispose](): void {
		this.#picture?.free();
		this.#picture = undefined;
	}
}

/** RGBA to I420 (BT.601, video range) of one size, scaled if need be. Calls must not overlap. */
export class Scaler implements Disposable {
	readonly from: Size;
	readonly to: Size;
	readonly #context = new SoftwareScaleContext();
	readonly #picture: Picture;
	#open = true;

	constructor(from: Size, to: Size) {
		this.from = from;
		this.to = to;
		const flags = from.width === to.width && from.height === to.height ? SWS_FAST_BILINEAR : SWS_BILINEAR;
		this.#context.getContext(from.width, from.height, AV_PIX_FMT_RGBA, to.width, to.height, AV_PIX_FMT_YUV420P, flags);
		this.#picture = blank(to, AV_PIX_FMT_YUV420P);
		this.#picture.colorSpace = AVCOL_SPC_SMPTE170M;
		this.#picture.colorPrimaries = AVCOL_PRI_SMPTE170M;
		this.#picture.colorTrc = AVCOL_TRC_SMPTE170M;
		this.#picture.colorRange = AVCOL_RANGE_MPEG;
	}

	/** The picture holds until the next. */
	async scale(picture: Picture): Promise<Picture> {
		FFmpegError.throwIfError(await this.#context.scaleFrame(this.#picture, picture), "scale");
		return this.#picture;
	}

	[Symbol.dispose](): void {
		if (!this.#open) return;
		this.#open = false;
		this.#context.freeContext();
		this.#picture.free();
	}
}

/** A picture with memory of its own. */
export function blank(size: Size, format: AVPixelFormat): Picture {
	const picture = new Picture();
	picture.alloc();
	picture.width = size.width;
	picture.height = size.height;
	picture.format = format;
	FFmpegError.throwIfError(picture.getBuffer(0), "allocate a picture");
	return picture;
}
