import { createSocket } from "node:dgram";
import { readdirSync, readFileSync } from "node:fs";
import { percentile } from "../../src/base/clock.ts";
import type { DaemonStatus } from "../../src/protocol/messages.ts";
import { noBrowser, openBrowser } from "../browser.ts";
import { signIn } from "../e2e/browser.ts";
import { startDaemon, until } from "../e2e/daemon.ts";
import type { Emit } from "./emit.ts";
import { recovery } from "./recovery.ts";

/** Growth of the median of the last third over that of the first, in per cent. A garbage-collected heap breathes. */
const MOST_GROWTH = 10;

interface Sample {
	/** Resident bytes and open handles by process. */
	readonly processes: ReadonlyMap<string, { readonly memory: number; readonly handles: number }>;
	readonly latency: number;
	readonly fps: number;
}

/**
 * Plays for ten minutes (`--seconds=N` for another time) with a viewer and a fader that never rests, and looks for growth
 * of memory, handles and latency; before that, what an idle daemon costs.
 */
export async function run(emit: Emit): Promise<void> {
	await recovery(emit);
	const seconds = Number(/--seconds=(\d+)/.exec(process.argv.join(" "))?.[1] ?? 600);
	await using daemon = await startDaemon();
	const { pid } = await until(() => daemon.processes().find(({ command }) => / daemon( |$)/.test(command)));
	await idle(pid, daemon, emit);

	const browser = noBrowser ? undefined : await openBrowser();
	const page = browser ? await signIn(browser, daemon.link) : undefined;
	const { port } = await daemon.ask<{ port: number }>("/api/v1/osc/status");
	const fader = createSocket("udp4");
	let turns = 0;
	const turning = setInterval(
		() => fader.send(float("/hue/norm", (turns++ % 100) / 100), port, "127.0.0.1"),
		1000 / 60,
	);
	const samples: Sample[] = [];
	try {
		await until(async () => (await status(daemon)).sessions[0]?.viewers || noBrowser !== "");
		for (let second = 0; second < seconds; second += 5) {
			await rest(5);
			samples.push(await sample(daemon));
		}
	} finally {
		clearInterval(turning);
		fader.close();
		await page?.close();
		await browser?.close();
	}
	const conditions = `${seconds} s, default session, ${browser ? "one Chromium viewer" : "no viewer"}, a fader at 60 Hz`;
	const warm = samples.slice(Math.min(6, Math.floor(samples.length / 6)));
	const growth = (of: (sample: Sample) => number, share: number) => {
		const third = Math.max(1, Math.floor(warm.length / 3));
		const before = percentile(warm.slice(0, third).map(of), share) ?? 0;
		const after = percentile(warm.slice(-third).map(of), share) ?? 0;
		return before === 0 ? 0 : (100 * (after - before)) / before;
	};
	// V8 lets garbage pile up for minutes and then clears it: what is lost for good raises the floor, not the middle.
	const FLOOR = 0.05;
	for (const name of warm[0]?.processes.keys() ?? []) {
		const memory = growth(({ processes }) => processes.get(name)?.memory ?? 0, FLOOR);
		const handles = growth(({ processes }) => processes.get(name)?.handles ?? 0, 0.5);
		emit({ name: `memory growth of ${name}`, value: memory, unit: "%", limit: MOST_GROWTH, conditions });
		emit({ name: `handle growth of ${name}`, value: handles, unit: "%", limit: MOST_GROWTH, conditions });
	}
	emit({ name: "latency growth", value: growth(({ latency }) => latency, 0.5), unit: "%", limit: 50, conditions });
	emit({
		name: "shown",
		value:
			percentile(
				warm.map(({ fps }) => fps),
				0.5,
			) ?? 0,
		unit: "fps",
		conditions,
	});
	const { processes } = await status(daemon);
	const restarts = processes.reduce((sum, process) => sum + process.restarts, 0);
	emit({ name: "restarts", value: restarts, unit: "", limit: 0, conditions });
}

type Daemon = Awaited<ReturnType<typeof startDaemon>>;

async function idle(pid: number, daemon: Daemon, emit: Emit): Promise<void> {
	await rest(5);
	const before = cpuSeconds(pid);
	await rest(10);
	const share = (100 * (cpuSeconds(pid) - before)) / 10;
	const conditions = "the daemon's own process, default session running in its own, no client";
	emit({ name: "daemon idle, CPU", value: share, unit: "% of a core", limit: 1, conditions });
	emit({ name: "daemon idle, memory", value: memoryOf(pid) / 1e6, unit: "MB", limit: 120, conditions });
	const { processes } = await status(daemon);
	const all = processes.reduce((sum, { pid }) => sum + (pid === undefined ? 0 : memoryOf(pid)), memoryOf(pid));
	emit({
		name: "everything, memory",
		value: all / 1e6,
		unit: "MB",
		conditions: "daemon and its children, shared pages counted in each",
	});
}

async function sample(daemon: Daemon): Promise<Sample> {
	const { processes, sessions } = await status(daemon);
	const measured = processes.flatMap(({ name, pid }) =>
		pid === undefined
			? []
			: [[name, { memory: memoryOf(pid), handles: readdirSync(`/proc/${pid}/fd`).length }] as const],
	);
	return {
		processes: new Map(measured),
		latency: sessions[0]?.latency?.p50 ?? 0,
		fps: sessions[0]?.shownFps ?? 0,
	};
}

function status(daemon: Daemon): Promise<DaemonStatus> {
	return daemon.ask<DaemonStatus>("/api/v1/status");
}

/** User and system time of a process so far, in seconds; the kernel counts hundredths. */
function cpuSeconds(pid: number): number {
	const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
	const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
	return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Resident bytes of a process. */
export function memoryOf(pid: number): number {
	return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1024;
}

/** An OSC message with one float. */
function float(address: string, value: number): Buffer {
	const padded = (text: string) => Buffer.from(text.padEnd(Math.floor(text.length / 4) * 4 + 4, "\0"));
	const number = Buffer.alloc(4);
	number.writeFloatBE(value);
	return Buffer.concat([padded(address), padded(",f"), number]);
}

function rest(seconds: number): Promise<void> {
	return new Promise((done) => setTimeout(done, seconds * 1000));
}
