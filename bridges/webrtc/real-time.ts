import type { Size } from "mutoscope/sdk";
import { AV_PIX_FMT_YUV420P } from "node-av/constants";
import { goodBitrate } from "./bitrate.ts";
import { Encoder, TICKS } from "./encoder.ts";
import type { Codec } from "./packetise.ts";
import { blank } from "./scaler.ts";

/** Pixels up to which sizes cost about the same. */
const CLASSES: readonly Size[] = [
	{ width: 512, height: 512 },
	{ width: 1280, height: 720 },
	{ width: 1920, height: 1080 },
	{ width: 3840, height: 2160 },
];
/** Share of a frame's interval that encoding may take: the rest is for other viewers, other sessions, and busy moments. */
const SHARE = 0.5;
/** Frames that are encoded: the first two, a key frame and its aftermath, do not count. */
const FRAMES = 11;
const WARM = 2;

/** Encodes some frames of a size and returns how many seconds one takes. */
export type Measure = (codec: Codec, size: Size) => Promise<number>;

/** What this machine encodes in real time, measured once for each codec and class of sizes, when it is first asked. */
export class RealTime {
	readonly #measure: Measure;
	readonly #measured = new Map<string, Promise<number>>();

	constructor(measure: Measure = secondsPerFrame) {
		this.#measure = measure;
	}

	/** Whether pictures of this size are encoded in half of the time that there is. A codec that fails does not hold. */
	async holds(codec: Codec, size: Size, fps: number): Promise<boolean> {
		const sized = CLASSES.find(({ width, height }) => size.width * size.height <= width * height) ?? size;
		const key = `${codec} ${sized.width}×${sized.height}`;
		const measured = this.#measured.get(key) ?? this.#measure(codec, sized).catch(() => Number.POSITIVE_INFINITY);
		this.#measured.set(key, measured);
		return (await measured) < SHARE / fps;
	}
}

/** Seconds of the clock that one frame takes, the median: moving waves under noise, at the bitrate that they want. */
async function secondsPerFrame(codec: Codec, size: Size): Promise<number> {
	using encoder = await Encoder.open(codec, size, goodBitrate(size, 30));
	const picture = blank(size, AV_PIX_FMT_YUV420P);
	try {
		const planes = picture.data ?? [];
		const taken: number[] = [];
		for (let i = 0; i < FRAMES; i++) {
			for (const [plane, pixels] of planes.entries()) paint(pixels, picture.linesize[plane] ?? size.width, i);
			const began = performance.now();
			await encoder.encode(picture, i * (TICKS / 30), i === 0);
			taken.push((performance.now() - began) / 1000);
		}
		const counted = taken.slice(WARM).sort((a, b) => a - b);
		return counted[Math.floor(counted.length / 2)] ?? Number.POSITIVE_INFINITY;
	} finally {
		picture.free();
	}
}

/** Rows of a texture that moves to the left, with one in four torn out of place. */
function paint(pixels: Buffer, stride: number, frame: number): void {
	for (let at = 0, row = 0; at < pixels.length; at += stride, row++) {
		const from = row % 4 === 3 ? row * 977 + frame * 7919 : row * 3 + frame * 5;
		pixels.set(TEXTURE.subarray(from % REPEATS, (from % REPEATS) + Math.min(stride, pixels.length - at)), at);
	}
}

/** A wave under noise. */
const REPEATS = 1 << 16;
const TEXTURE = Uint8Array.from(
	{ length: REPEATS + 8192 },
	(_, x) => 96 + 64 * Math.sin(x / 20) + ((Math.imul(x, 0x9e3779b1) >>> 27) & 31),
);
