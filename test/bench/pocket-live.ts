import { setTimeout } from "node:timers/promises";
import { percentile } from "../../src/base/clock.ts";
import type { DaemonStatus } from "../../src/protocol/messages.ts";
import { noBrowser, openBrowser } from "../browser.ts";
import { type RunningDaemon, startDaemon, until } from "../e2e/daemon.ts";
import type { Emit } from "./emit.ts";
import { type Sight, Viewer } from "./pocket/viewer.ts";
import { memoryOf } from "./soak.ts";

const RED = "red plasma moving up on black";
const BLUE = "blue plasma moving up on black";
/** Seconds from one sample of memory and rate to the next. */
const EVERY = 10;
const SIDE = 256;
/** Seconds before anything counts. */
const WARM = 30;
/** Prompts that are switched after that. */
const SWITCHES = 30;
/** Least difference of red and blue that counts as one or the other, of 255. */
const PLAIN = 6;
/** The floor of memory may rise by so much, in per cent: garbage is let lie for minutes. */
const MOST_GROWTH = 10;

/**
 * `pocket` as people run it: the whole daemon at 256×256 with one viewer in Chromium, for ten minutes (`--seconds=N`), and
 * then prompts that turn red to blue and back.
 */
export async function run(emit: Emit): Promise<void> {
	if (noBrowser) {
		process.stderr.write("Chromium is not installed: nobody could watch\n");
		return;
	}
	const seconds = Number(/--seconds=(\d+)/.exec(process.argv.join(" "))?.[1] ?? 600);
	await using daemon = await startDaemon();
	await say(daemon, { "/main/session/pipeline": "pocket" });
	// Its parameters are there once it is.
	await until(() =>
		say(daemon, { "/main/prompt/1/text": RED, "/main/width": SIDE, "/main/height": SIDE }).then(
			() => true,
			() => false,
		),
	);
	// Until then somebody else may be playing.
	await until(async () => {
		const { playing, width } = (await status(daemon)).sessions[0] ?? {};
		return playing === "pocket" && width === SIDE;
	});
	const browser = await openBrowser();
	try {
		await using viewer = await Viewer.open(browser, daemon);
		await setTimeout(WARM * 1000);
		await viewer.take();
		await endurance(emit, daemon, viewer, seconds);
		await latency(emit, daemon, viewer);
	} finally {
		await browser.close();
	}
}

async function endurance(emit: Emit, daemon: RunningDaemon, viewer: Viewer, seconds: number): Promise<void> {
	const rates: number[] = [];
	let smallest = Number.POSITIVE_INFINITY;
	const made: number[] = [];
	const memory = new Map<string, number[]>();
	for (let second = 0; second < seconds; second += EVERY) {
		await setTimeout(EVERY * 1000);
		const sights = await viewer.take();
		rates.push(rateOf(sights));
		smallest = sights.reduce((least, { area }) => Math.min(least, area), smallest);
		const { sessions, processes } = await status(daemon);
		made.push(sessions[0]?.madeFps ?? 0);
		for (const { name, pid } of processes) {
			if (pid !== undefined) memory.set(name, [...(memory.get(name) ?? []), memoryOf(pid)]);
		}
	}
	const conditions = `${seconds} s, whole daemon, one viewer in Chromium on the same machine, in steps of ${EVERY} s`;
	const median = percentile(rates, 0.5) ?? 0;
	emit({ name: "smallest picture", value: smallest, unit: "pixels", limit: SIDE * SIDE, better: "more", conditions });
	const more = { unit: "fps", better: "more", conditions } as const;
	emit({ name: "seen by the viewer, median", value: median, limit: 20, ...more });
	emit({ name: "seen by the viewer, slowest twentieth", value: percentile(rates, 0.05) ?? 0, limit: 20, ...more });
	emit({ name: "made, median", value: percentile(made, 0.5) ?? 0, ...more });
	for (const [name, samples] of memory) {
		const third = Math.max(1, Math.floor(samples.length / 3));
		const [before, after] = [Math.min(...samples.slice(0, third)), Math.min(...samples.slice(-third))];
		const value = (100 * (after - before)) / before;
		emit({ name: `growth of the floor of memory, ${name}`, value, unit: "%", limit: MOST_GROWTH, conditions });
	}
}

/** From the request that changes the prompt to the first picture of the other colour in the viewer's page. */
async function latency(emit: Emit, daemon: RunningDaemon, viewer: Viewer): Promise<void> {
	const waits: number[] = [];
	for (let i = 0; i < SWITCHES; i++) {
		const toBlue = i % 2 === 0;
		// At another moment of a chunk each time.
		await setTimeout(2000 + 37 * i);
		await viewer.take();
		const asked = performance.timeOrigin + performance.now();
		await say(daemon, { "/main/prompt/1/text": toBlue ? BLUE : RED });
		const seen = await until(async () =>
			(await viewer.take()).find(({ warmth }) => (toBlue ? -warmth : warmth) > PLAIN),
		);
		waits.push((seen.at - asked) / 1000);
	}
	const conditions = `${SWITCHES} switches between red and blue over HTTP, first picture of that colour in the viewer's page`;
	emit({ name: "prompt to seen, median", value: percentile(waits, 0.5) ?? 0, unit: "s", limit: 0.7, conditions });
	emit({ name: "prompt to seen, p95", value: percentile(waits, 0.95) ?? 0, unit: "s", limit: 0.7, conditions });
}

/** Pictures a second that the browser has presented, whether or not the page was told of each. */
function rateOf(sights: readonly Sight[]): number {
	const [first, last] = [sights[0], sights.at(-1)];
	if (!first || !last || first === last) return 0;
	return (1000 * (last.presented - first.presented)) / (last.at - first.at);
}

async function say(daemon: RunningDaemon, values: Record<string, string | number>): Promise<void> {
	await daemon.ask("/api/v1/params", { method: "PATCH", json: { values } });
}

function status(daemon: RunningDaemon): Promise<DaemonStatus> {
	return daemon.ask<DaemonStatus>("/api/v1/status");
}
