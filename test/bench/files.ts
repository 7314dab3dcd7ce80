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
import type { DaemonStatus, SessionStatus } from "../../src/protocol/messages.ts";
import { contextOf } from "../bridges/open.ts";
import { startDaemon, until } from "../e2e/daemon.ts";
import type { Emit } from "./emit.ts";

const SIZE = { width: 1280, height: 720 };
const FRAMES = 150;

/** The card, a recording of it with a moving texture, playing that back, and recording beside a show. */
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
		await besideAShow(emit, conditions);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

/** Seconds that a show is watched. */
const WATCHED = 8;

/** What recording does to the rate of a show, in a daemon with its processes. */
async function besideAShow(emit: Emit, conditions: string): Promise<void> {
	await using daemon = await startDaemon();
	const turn = (values: Record<string, unknown>) => daemon.ask("/api/v1/params", { method: "PATCH", json: { values } });
	const status = async () => (await daemon.ask<DaemonStatus>("/api/v1/status")).sessions[0] as SessionStatus;
	await turn({ "/main/session/pipeline": "passthrough", "/main/source/kind": "test-card" });
	await until(async () => (await status()).source === "test-card" && (await status()).shownFps > 20);
	const rate = async () => {
		const [before, begin] = [(await status()).frame, monotonic()];
		await untilDue(begin + WATCHED, new AbortController().signal);
		return ((await status()).frame - before) / (monotonic() - begin);
	};
	const alone = await rate();
	await daemon.ask("/api/v1/recordings/main/start", { method: "POST" });
	await until(async () => (await status()).recording);
	const recorded = await rate();
	const { sinks } = await status();
	const dropped = sinks.find(({ id }) => id === "recording")?.dropped ?? 0;
	const how = `${conditions}, test card at 30 fps through passthrough, ${alone.toFixed(1)} fps without, ${WATCHED} s`;
	emit({ name: "rate of a show while it is recorded", value: recorded, unit: "fps", better: "more", conditions: how });
	emit({ name: "frames that the recorder dropped", value: dropped, unit: "frames", conditions: how });
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
