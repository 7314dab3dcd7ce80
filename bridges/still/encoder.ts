import type { Frame, Size } from "mutoscope/sdk";
import {
	AV_CODEC_FLAG_QSCALE,
	AV_PIX_FMT_RGB24,
	AV_PIX_FMT_RGBA,
	AV_PIX_FMT_YUVJ420P,
	type AVPixelFormat,
	FF_ENCODER_MJPEG,
	FF_ENCODER_PNG,
	FF_QP2LAMBDA,
	SWS_AREA,
	SWS_BICUBIC,
} from "node-av/constants";
import {
	Codec,
	CodecContext,
	Dictionary,
	FFmpegError,
	Packet,
	Frame as Picture,
	Rational,
	SoftwareScaleContext,
} from "node-av/lib";

/** How a still is to be. */
export interface Style {
	readonly format: "png" | "jpeg";
	/** Of a JPEG, 1 to 100. */
	readonly quality: number;
	/** In pixels; the frame's own unless given. */
	readonly width?: number | undefined;
}

/** Encodes frames of one size in one style, each by itself. Calls must not overlap. */
export class StillEncoder implements Disposable {
	readonly #context = new CodecContext();
	readonly #packet = new Packet();
	readonly #source: Picture;
	readonly #picture: Picture;
	readonly #scaler = new SoftwareScaleContext();
	#open = true;

	/** Opens it for frames of `size`, with alpha or without. */
	static async open(size: Size, alpha: boolean, style: Style): Promise<StillEncoder> {
		const still = new StillEncoder(size, alpha, style);
		const { format, quality } = style;
		const encoder = Codec.findEncoderByName(format === "jpeg" ? FF_ENCODER_MJPEG : FF_ENCODER_PNG);
		const context = still.#context;
		context.allocContext3(encoder);
		context.width = still.#picture.width;
		context.height = still.#picture.height;
		context.pixelFormat = still.#picture.format as AVPixelFormat;
		context.timeBase = new Rational(1, 25);
		context.threadCount = 1;
		if (format === "jpeg") {
			// FFmpeg's scale runs from 2, the best, to 31.
			const step = Math.round(2 + ((100 - quality) / 99) * 29);
			context.setFlags(AV_CODEC_FLAG_QSCALE);
			context.globalQuality = step * FF_QP2LAMBDA;
			still.#picture.quality = step * FF_QP2LAMBDA;
		}
		// Never `open2Sync`: with options in it, node-av 6.1.1 frees the dictionary twice.
		using options = Dictionary.fromObject(format === "png" ? { compression_level: "3", pred: "sub" } : {});
		FFmpegError.throwIfError(await context.open2(encoder, options), `open ${format}`);
		return still;
	}

	private constructor(size: Size, alpha: boolean, { format, width }: Style) {
		const scale = width === undefined ? 1 : width / size.width;
		const to = { width: width ?? size.width, height: Math.max(1, Math.round(size.height * scale)) };
		const pixels = format === "jpeg" ? AV_PIX_FMT_YUVJ420P : alpha ? AV_PIX_FMT_RGBA : AV_PIX_FMT_RGB24;
		this.#source = blank(size, AV_PIX_FMT_RGBA);
		this.#picture = blank(to, pixels);
		const flags = scale < 1 ? SWS_AREA : SWS_BICUBIC;
		this.#scaler.getContext(size.width, size.height, AV_PIX_FMT_RGBA, to.width, to.height, pixels, flags);
		this.#packet.alloc();
	}

	/** The bytes of a file. */
	async encode(frame: Frame): Promise<Uint8Array> {
		copyIn(frame, this.#source);
		FFmpegError.throwIfError(await this.#scaler.scaleFrame(this.#picture, this.#source), "convert a still");
		FFmpegError.throwIfError(await this.#context.sendFrame(this.#picture), "encode a still");
		FFmpegError.throwIfError(await this.#context.receivePacket(this.#packet), "encode a still");
		const file = Uint8Array.from(this.#packet.data ?? []);
		this.#packet.unref();
		return file;
	}

	[Symbol.dispose](): void {
		if (!this.#open) return;
		this.#open = false;
		this.#scaler.freeContext();
		this.#source.free();
		this.#picture.free();
		this.#packet.free();
		this.#context.freeContext();
	}
}

function blank(size: Size, format: AVPixelFormat): Picture {
	const picture = new Picture();
	picture.alloc();
	picture.width = size.width;
	picture.height = size.height;
	picture.format = format;
	FFmpegError.throwIfError(picture.getBuffer(0), "allocate a picture");
	return picture;
}

/** Copies row by row where FFmpeg's rows are longer. Its `fromBuffer` would alias memory that may be collected. */
function copyIn({ data, size }: Frame, picture: Picture): void {
	const [plane] = picture.data ?? [];
	const [stride = 0] = picture.linesize;
	const row = size.width * 4;
	for (let y = 0; y < size.height; y++) plane?.set(data.subarray(y * row, (y + 1) * row), y * stride);
}
