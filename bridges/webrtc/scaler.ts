import { type Size, ToI420 } from "mutoscope/sdk";
import {
	AV_PIX_FMT_YUV420P,
	AVCOL_PRI_SMPTE170M,
	AVCOL_RANGE_MPEG,
	AVCOL_SPC_SMPTE170M,
	AVCOL_TRC_SMPTE170M,
	type AVPixelFormat,
	SWS_BILINEAR,
} from "node-av/constants";
import { FFmpegError, Frame as Picture, SoftwareScaleContext } from "node-av/lib";

/** Turns RGBA pixels into a picture as encoders take it, once for all of them. Its memory is used again for each frame. */
export class Canvas implements Disposable {
	#painted: { readonly picture: Picture; readonly convert: ToI420 } | undefined;

	/** Takes pixels in, from wherever they lie. */
	put(pixels: Uint8Array, size: Size): void {
		if (size.width !== this.size?.width || size.height !== this.size.height) this[Symbol.dispose]();
		this.#painted ??= paintable(size);
		this.#painted.convert.convert(pixels);
	}

	/** Of what was put in last. */
	get size(): Size | undefined {
		return this.#painted?.convert.size;
	}

	/** What was put in last. Throws `TypeError` before there is anything. */
	get picture(): Picture {
		if (!this.#painted) throw new TypeError("there is nothing on this canvas");
		return this.#painted.picture;
	}

	[Symbol.dispose](): void {
		this.#painted?.picture.free();
		this.#painted = undefined;
	}
}

function paintable(size: Size) {
	const picture = blankI420(size);
	// Asked for once: it counts as so much memory of JavaScript's each time, and as much garbage.
	const [y, u, v] = picture.data ?? [];
	const [luma = 0, chroma = 0] = picture.linesize;
	if (!y || !u || !v) throw new TypeError("a picture has no planes");
	return { picture, convert: new ToI420(size, { y, u, v, stride: { y: luma, uv: chroma } }) };
}

/** Makes I420 of another size. Calls must not overlap. */
export class Scaler implements Disposable {
	readonly from: Size;
	readonly to: Size;
	readonly #context = new SoftwareScaleContext();
	readonly #picture: Picture;
	#open = true;

	constructor(from: Size, to: Size) {
		this.from = from;
		this.to = to;
		const format = AV_PIX_FMT_YUV420P;
		this.#context.getContext(from.width, from.height, format, to.width, to.height, format, SWS_BILINEAR);
		this.#picture = blankI420(to);
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

function blankI420(size: Size): Picture {
	const picture = blank(size, AV_PIX_FMT_YUV420P);
	picture.colorSpace = AVCOL_SPC_SMPTE170M;
	picture.colorPrimaries = AVCOL_PRI_SMPTE170M;
	picture.colorTrc = AVCOL_TRC_SMPTE170M;
	picture.colorRange = AVCOL_RANGE_MPEG;
	return picture;
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
