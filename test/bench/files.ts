import { mkdtempSync, rmSync, statSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { Converter } from "../../bridges/file/converter.ts";
import { loadLibrary } from "../../bridges/file/open.ts";
import { Reader } from "../../bridges/file/reader.ts";
import recording from "../../bridges/recording/index.ts";
import { params as recordingParams } from "../../bridges/recording/params.ts";
import { drawCard, readCard } from "../../src/media/card.ts";
import { monotonic } from "../../src/media/clock.ts";
import { untilDue } from "../../src/media/due.ts";
import { Frame } from "../../src/media/frame.ts";
import { FramePool } from "../../src/media/pool.ts";
import { contextOf } from "../bridges/open.ts";
import type { Emit } from "./emit.ts";

const SIZE = { width: 1280, height: 720 };
const FRAMES = 150;

/** The card, a recording of it with a moving texture, and playing that back. */
export async function run(emit: Emit): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), "mutoscope-bench-"));
	const conditions = `1280×720, ${cpus().length} cores, ${cpus()[0]?.model ?? "?"}`;
	try {
		const frames = Array.from({ length: 30 }, (_, i) => textured(i));
		emit({
			name: "card drawn",
			value: 1000 * (await cost(100, (i) => drawCard(at(frames, i), i, i))),
			unit: "ms CPU/frame",
			conditions,
		});
		emit({
			name: "card read",
			value: 1000 * (await cost(100, (i) => readCard(at(frames, i).data, SIZE))),
			unit: "ms CPU/frame",
			conditions,
		});

		const path = join(folder, "bench.mp4");
		const { context } = contextOf(recordingParams.parse({ path }));
		const sink = await recording.sink?.open(context, new AbortController().signal);
		const begin = monotonic();
		let late = 0;
		const recorded = await cost(FRAMES, async (i) => {
			const due = begin + i / 30;
			if (monotonic() > due + 1 / 30) late++;
			await untilDue(due, new AbortController().signal);
			await sink?.write(at(frames, i).clone({ captured: monotonic() }));
		});
		const preset = sink?.report?.().preset;
		await sink?.[Symbol.asyncDispose]();
		const bitRate = (statSync(path).size * 8 * 30) / FRAMES / 1e6;
		const how = `${conditions}, texture, 30 fps, ${preset}, ${bitRate.toFixed(1)} Mb/s`;
		emit({ name: "frame recorded", value: 1000 * recorded, unit: "ms CPU/frame", conditions: how });
		emit({ name: "frames taken late by the recorder", value: late, unit: `of ${FRAMES}`, conditions: how });

		const library = await loadLibrary();
		await using reader = await Reader.open(library, { path });
		const pool = new FramePool();
		using converter = new Converter(library, pool.take.bind(pool));
		const decoded = await cost(FRAMES, async () => {
			const next = await reader.next();
			if (!next) return;
			(await converter.convert(next.picture)).close();
			next.picture.free();
		});
		emit({
			name: "frame of a file decoded to RGBA",
			value: 1000 * decoded,
			unit: "ms CPU/frame",
			conditions: `${conditions}, that recording`,
		});
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

function at(frames: readonly Frame[], i: number): Frame {
	const frame = frames[i % frames.length];
	if (!frame) throw new RangeError("no frames");
	return frame;
}

/** A test card over soft moving waves with a little noise: as hard to encode as a usual show. */
function textured(index: number): Frame {
	const { width, height } = SIZE;
	const frame = new Frame(SIZE, new Uint8Array(width * height * 4));
	drawCard(frame, index, index / 30);
	let seed = index + 1;
	for (let y = 0; y < height; y++) {
		for (let x = 0; x < width; x++) {
			if (Math.abs(x - width / 2) < height / 2) continue;
			seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
			const wave = 100 + 60 * Math.sin((x + 5 * index) / 40) * Math.cos((y - 3 * index) / 30) + (seed >>> 29);
			frame.data.set([wave, 220 - wave, (wave * 3) % 255, 255], 4 * (y * width + x));
		}
	}
	return frame;
}

/** Seconds of CPU that a step takes of the whole process, on average. */
async function cost(steps: number, step: (i: number) => unknown): Promise<number> {
	const before = process.cpuUsage();
	for (let i = 0; i < steps; i++) await step(i);
	const { user, system } = process.cpuUsage(before);
	return (user + system) / 1e6 / steps;
}
