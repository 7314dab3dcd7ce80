import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drawCard, Frame, readCard, type Sink, type Size } from "mutoscope/sdk";
import { Converter } from "../../bridges/file/converter.ts";
import { loadLibrary } from "../../bridges/file/open.ts";
import { Reader } from "../../bridges/file/reader.ts";
import recording from "../../bridges/recording/index.ts";
import { params } from "../../bridges/recording/params.ts";
import { peer } from "../peers.ts";
import { contextOf } from "./open.ts";

/** Size of the frames that tests record. */
export const SIZE: Size = { width: 320, height: 240 };

/** Seconds of the clock that frames carry; what is recorded starts here. */
export const BEGIN = 1e9;

/** A folder for the recordings of a test file. */
export function recordingFolder(): { readonly path: string; remove(): void } {
	const path = mkdtempSync(join(tmpdir(), "mutoscope-recording-"));
	return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Opens a recording. */
export async function record(
	path: string,
	values: Partial<Record<keyof typeof params.shape, unknown>> = {},
): Promise<Sink> {
	const { context } = contextOf(params.parse({ path, ...values }));
	const sink = await recording.sink?.open(context, new AbortController().signal);
	if (!sink) throw new Error("no sink");
	return sink;
}

/** A frame as it comes out of a ring: `shown` in seconds. */
export class Shown extends Frame {
	readonly shown: number;
	readonly sequence: number;
	constructor(index: number, shown: number, size = SIZE) {
		super(size, new Uint8Array(size.width * size.height * 4));
		this.shown = shown;
		this.sequence = index + 1;
		drawCard(this, index, shown);
	}
}

/** Records test cards at a steady rate. */
export async function feed(sink: Sink, count: number, interval = 1 / 30, size = SIZE): Promise<void> {
	for (let i = 0; i < count; i++) await sink.write(new Shown(i, BEGIN + i * interval, size));
}

/** What is in a movie, read by our own reader. */
export async function cards(path: string) {
	const library = await loadLibrary();
	await using reader = await Reader.open(library, { path });
	using converter = new Converter(
		library,
		(size, options) => new Frame(size, new Uint8Array(size.width * size.height * 4), options),
	);
	const seen: { time: number; index: number | undefined; width: number; pixels: Frame }[] = [];
	for (;;) {
		const next = await reader.next();
		if (!next) return seen;
		const frame = await converter.convert(next.picture);
		next.picture.free();
		seen.push({
			time: next.time,
			index: readCard(frame.data, frame.size)?.index,
			width: frame.size.width,
			pixels: frame,
		});
	}
}

/** FFmpeg 5 of Debian, as a foreign reader. */
export const ffprobe = peer("ffprobe");

/** What it says of a movie. */
export function probe(path: string): Record<string, string | number> {
	const entries =
		"stream=codec_name,profile,pix_fmt,color_space,color_range,has_b_frames,nb_read_frames,width,height:format=duration";
	const args = ["-v", "error", "-count_frames", "-show_entries", entries, "-of", "json", path];
	const { streams, format } = JSON.parse(execFileSync(ffprobe ?? "ffprobe", args, { encoding: "utf8" }));
	return { ...streams[0], ...format };
}

/** The kinds of an MP4's top boxes, in order. */
export function boxesOf(bytes: Buffer): string[] {
	const boxes: string[] = [];
	for (let at = 0; at + 8 <= bytes.length; ) {
		boxes.push(bytes.toString("latin1", at + 4, at + 8));
		const length = bytes.readUInt32BE(at);
		at += length === 1 ? Number(bytes.readBigUInt64BE(at + 8)) : Math.max(8, length);
	}
	return boxes;
}
