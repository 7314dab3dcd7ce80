import { monotonic, type Size } from "mutoscope/sdk";
import { AV_PIX_FMT_YUV420P } from "node-av/constants";
import { goodBitrate } from "./bitrate.ts";
import { Encoder, TICKS } from "./encoder.ts";
import type { Codec } from "./packetise.ts";
import { blank } from "./scaler.ts";

/** Pixels up to which sizes cost about the same. */
const CLASSES: readonly Size[] = [
	{ width: 256, height: 256 },
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

/** Seconds after which what was too slow is given another chance: something else may have kept the machine busy. */
const AGAIN = 60;

/** Encodes some frames of a size and returns how many seconds one takes. */
export type Measure = (codec: Codec, size: Size) => Promise<number>;

/** What this machine encodes in real time, measured for each codec and class of sizes when it is first asked. */
export class RealTime {
	readonly #measure: Measure;
	readonly #now: () => number;
	readonly #measured = new Map<string, { readonly at: number; readonly seconds: Promise<number> }>();

	constructor(measure: Measure = secondsPerFrame, now = monotonic) {
		this.#measure = measure;
		this.#now = now;
	}

	/** Whether pictures of this size are encoded in half of the time that there is. A codec that fails does not hold. */
	async holds(codec: Codec, size: Size, fps: number): Promise<boolean> {
		const sized = CLASSES.find(({ width, height }) => size.width * size.height <= width * height) ?? size;
		const key = `${codec} ${sized.width}×${sized.height}`;
		const before = this.#measured.get(key);
		if (before) {
			const holds = (await before.seconds) < SHARE / fps;
			if (holds || this.#now() - before.at < AGAIN) return holds;
		}
		const seconds = this.#measure(codec, sized).catch(() => Number.POSITIVE_INFINITY);
		this.#measured.set(key, { at: this.#now(), seconds });
		return (await seconds) < SHARE / fps;
	}
}

/** Seconds of the clock that a frame takes while nobody else is in the way, which is one of the quicker ones: moving waves under noise, at the bitrate that they want. */
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
		return counted[Math.floor(counted.length / 4)] ?? Number.POSITIVE_INFINITY;
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
