import { fork } from "node:child_process";
import { once } from "node:events";
import { percentile } from "../../src/base/clock.ts";
import type { Size } from "../../src/base/geometry.ts";
import { childEnvironment } from "../../src/host/fork.ts";
import { crossFade } from "../../src/media/fade.ts";
import { type FitOptions, fitFrame } from "../../src/media/fit.ts";
import { FramePool } from "../../src/media/pool.ts";
import { Ring } from "../../src/media/ring.ts";
import { automata } from "./automata.ts";
import type { Emit } from "./emit.ts";
import type { ChildReport } from "./frames.child.ts";

const SECONDS = 8;
const hd = { width: 1920, height: 1080 };
const square = { width: 512, height: 512 };

/** Frames between processes, and what is done to them in one. */
export async function run(emit: Emit): Promise<void> {
	await ring(emit, hd, 60, 1, { latency: 2, share: 10 });
	await ring(emit, square, 30, 1);
	await ring(emit, hd, 60, 4);
	await flatOut(emit);
	fitting(emit);
	fading(emit);
	await automata(emit);
}

async function ring(emit: Emit, size: Size, fps: number, readers: number, limits?: { latency: number; share: number }) {
	const { writer, reports } = await play(size, fps, readers);
	const conditions = `${size.width}×${size.height} RGBA @${fps}, ${readers + 1} processes, ${SECONDS} s`;
	const label = `ring ${size.height}p${fps}${readers > 1 ? ` ×${readers} readers` : ""}`;
	const latencies = reports.flatMap((report) => report.latencies);
	for (const share of [0.5, 0.95, 0.99]) {
		const value = (percentile(latencies, share) ?? Number.NaN) * 1000;
		const limit = share === 0.5 && limits ? { limit: limits.latency } : {};
		emit({ name: `${label}: submit to copied out p${share * 100}`, value, unit: "ms", ...limit, conditions });
	}
	const limit = limits ? { limit: limits.share } : {};
	emit({ name: `${label}: writer`, value: percent(writer), unit: "% of a core", ...limit, conditions });
	const dearest = Math.max(...reports.map(percent));
	emit({ name: `${label}: reader`, value: dearest, unit: "% of a core", ...limit, conditions });
	const missed = Math.max(...reports.map((report) => Math.round(report.seconds * fps) - report.frames));
	emit({ name: `${label}: frames missed`, value: Math.max(0, missed), unit: "frames", conditions });
	emit({ name: `${label}: torn`, value: sum(reports, "torn"), unit: "frames", limit: 0, conditions });
}

async function flatOut(emit: Emit): Promise<void> {
	const { writer, reports } = await play(hd, 0, 2);
	const conditions = `1920×1080 RGBA, writer as fast as it can, 2 readers, ${SECONDS} s`;
	emit({
		name: "ring flat out: written",
		value: writer.frames / writer.seconds,
		unit: "fps",
		better: "more",
		conditions,
	});
	const read = sum(reports, "frames") / (reports[0] as ChildReport).seconds / reports.length;
	emit({ name: "ring flat out: read by each", value: read, unit: "fps", better: "more", conditions });
	emit({ name: "ring flat out: torn", value: sum(reports, "torn"), unit: "frames", limit: 0, conditions });
}

async function play(size: Size, fps: number, readers: number) {
	using ring = Ring.create(`mubench-${process.pid}`);
	const words = [ring.name, size.width, size.height, fps];
	const reading = Array.from({ length: readers }, () => child("read", ...words, SECONDS));
	const writer = await child("write", ...words, SECONDS + 1.5);
	return { writer, reports: await Promise.all(reading) };
}

async function child(...words: (string | number)[]): Promise<ChildReport> {
	const started = fork(new URL("frames.child.ts", import.meta.url), words.map(String), {
		execArgv: ["--conditions=mutoscope:source"],
		env: childEnvironment(process.env),
	});
	const [report] = await once(started, "message");
	return report;
}

function fitting(emit: Emit): void {
	const cases: [string, Size, FitOptions, number?][] = [
		["1080p to 512², cover", hd, { size: square, fit: "cover" }, 5],
		["1080p to 512², stretch", hd, { size: square, fit: "stretch" }],
		["720p to 1080p", { width: 1280, height: 720 }, { size: hd, fit: "cover" }],
		[
			"480p to 512², contain, turned, mirrored",
			{ width: 640, height: 480 },
			{ size: square, fit: "contain", rotate: 90, mirror: true },
		],
		["2160p to 1080p", { width: 3840, height: 2160 }, { size: hd, fit: "cover" }],
		["512² to 512²", square, { size: square, fit: "cover" }],
	];
	const pool = new FramePool();
	for (const [label, size, options, limit] of cases) {
		using frame = pool.take(size);
		const value = cost(() => fitFrame(frame, pool, options).close());
		emit({
			name: `fit ${label}`,
			value,
			unit: "ms a frame",
			...(limit ? { limit } : {}),
			conditions: "opaque, median of 60",
		});
	}
}

function fading(emit: Emit): void {
	const pool = new FramePool();
	for (const size of [square, hd]) {
		using before = pool.take(size);
		using after = pool.take(size);
		const value = cost(() => crossFade(before, after, 0.3, pool).close());
		emit({ name: `fade ${size.height}p`, value, unit: "ms a frame", conditions: "opaque, median of 60" });
	}
}

/** Median milliseconds of a call, after it was warmed up. */
function cost(act: () => void): number {
	const times: number[] = [];
	for (let count = 0; count < 70; count++) {
		const begin = performance.now();
		act();
		if (count >= 10) times.push(performance.now() - begin);
	}
	return percentile(times, 0.5) ?? Number.NaN;
}

function percent({ cpu, seconds }: ChildReport): number {
	return (cpu / seconds) * 100;
}

function sum(reports: readonly ChildReport[], field: "torn" | "frames"): number {
	return reports.reduce((total, report) => total + report[field], 0);
}
