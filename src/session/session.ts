import { setImmediate } from "node:timers/promises";
import { disposeAll } from "../base/dispose.ts";
import type { Log } from "../base/log.ts";
import type { Held } from "../contract/real-time.ts";
import { FramePool } from "../media/pool.ts";
import type { Bell } from "./bell.ts";
import { Casting } from "./casting.ts";
import type { Feed } from "./feed.ts";
import type { Intake } from "./intake.ts";
import type { Machine } from "./machine.ts";
import { Maker } from "./maker.ts";
import { sessionParams, transportParams } from "./params.ts";
import { Part } from "./part.ts";
import { type Made, type Output, Player } from "./player.ts";
import { type PluginFailure, Plugins } from "./plugins.ts";
import type { Report } from "./report.ts";
import { Stages } from "./stages.ts";
import { machineTime, type Time } from "./time.ts";

/** What a session is made of. Whoever runs it owns `intake` and `output` and closes them after it. */
export interface SessionParts {
	readonly name: string;
	/** Who plays, and how everything is turned. */
	readonly feed: Feed;
	/** The bell that feed and intake ring. */
	readonly bell: Bell;
	/** Where source frames come from. */
	readonly intake: Intake;
	/** Where the show is seen. */
	readonly output: Output;
	readonly machine: Machine;
	readonly report: Report;
	readonly log: Log;
	/** The machine's unless said. */
	readonly time?: Time;
	/** The first pipeline is open: the show begins. */
	ready?(): void;
	/** Frame `frame` was the first to be made with `revision`; of a pause, the frame that it holds. */
	applied(revision: number, frame: number): void;
	/** It was measured what a pipeline holds on this machine. */
	measured(pipeline: string, held: Held): void;
	/** A plugin failed and was switched off. */
	pluginFailed: PluginFailure;
	/** A pre- or postprocessor failed and stays off. */
	stageFailed(stage: string, error: unknown): void;
}

/**
 * Runs a show until `signal` aborts: while one chunk is played, the next is made.
 *
 * Rejects with `pipeline/failed` when the pipeline cannot go on. Closes pipeline and hooks before it settles; the last
 * frame stays in the output.
 */
export async function runSession(parts: SessionParts, signal: AbortSignal): Promise<void> {
	const { feed, bell, report, log, time = machineTime } = parts;
	const pool = new FramePool();
	const transport = new Part(transportParams);
	const session = new Part(sessionParams);
	const settings = () => session.read(feed.part("/session"));
	const paused = () => transport.read(feed.part("/transport")).paused;
	const unpaused = async (until: AbortSignal) => {
		player.hold(feed.revision);
		while (paused()) await bell.heard(until);
	};

	const plugins = new Plugins(feed, log, (plugin, hook, error) => {
		report.tapFailed();
		parts.pluginFailed(plugin, hook, error);
	});
	const casting = new Casting({ ...parts, pool, clock: time.now, opened: () => parts.ready?.() });
	const stages = new Stages({ ...parts, pool });
	const player = new Player({ ...parts, pool, time, settings, paused, unpaused });
	const stage = { casting, plugins, stages, pool, time, paused, unpaused };
	const maker = new Maker({
		...parts,
		...stage,
		opens: () => player.opens,
		ends: () => player.ends,
		fps: () => settings().fps,
	});
	const ended = new AbortController();
	const end = () => ended.abort(signal.reason);
	signal.addEventListener("abort", end);
	try {
		if (signal.aborted) return;
		player.begin();
		await loop(maker, player, ended);
	} catch (error) {
		if (!signal.aborted) throw error;
	} finally {
		signal.removeEventListener("abort", end);
		await disposeAll([casting, stages, plugins, player, maker]);
		pool.clear();
	}
}

/** The schedule; there is no other. Ends by throwing. */
async function loop(maker: Maker, player: Player, ended: AbortController): Promise<never> {
	const { signal } = ended;
	const fail = (error: unknown) => {
		ended.abort(error);
		throw error;
	};
	for (let made: Made | undefined; ; ) {
		const resting = new AbortController();
		const playing = made ? player.play(made, signal) : Promise.resolve();
		const making = maker.make(signal);
		const [next, shown] = await Promise.allSettled([
			making.finally(() => resting.abort()).catch(fail),
			playing.then(() => player.linger(resting.signal)).catch(fail),
		]);
		made = next.status === "fulfilled" ? next.value : undefined;
		for (const frame of signal.aborted ? (made?.frames ?? []) : []) frame.close();
		if (next.status === "rejected") throw next.reason;
		if (shown.status === "rejected") throw shown.reason;
		// What runs without ever waiting must not keep the process from hearing and being heard.
		await setImmediate();
	}
}
