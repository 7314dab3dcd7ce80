import { reasonOf } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import type { Held } from "../contract/real-time.ts";
import { monotonic } from "../media/clock.ts";
import { RingReader, RingWriter } from "../media/ring.ts";
import { Bell } from "../session/bell.ts";
import { type Cast, Feed } from "../session/feed.ts";
import { Intake } from "../session/intake.ts";
import { Report } from "../session/report.ts";
import { runSession } from "../session/session.ts";
import { ApartCast } from "./apart-cast.ts";
import { type GuestRef, loadGuest } from "./guest.ts";
import { thisMachine } from "./machine.ts";
import type { SessionTask } from "./messages.ts";
import type { Outside, Role, Start } from "./role.ts";

/** Runs a session in this process: its rings, its guests, its reports. */
export async function runSessionRole({ task, snapshots }: Start, { send, log, signal }: Outside): Promise<Role> {
	const own = task as SessionTask;
	const bell = new Bell();
	const report = new Report(monotonic);
	const aparts = new ApartCast({
		turned: (id) => feed.part(`/plugin/${id}`),
		because: (id, reason) => report.because(`plugin ${id}`, reason),
		log,
	});
	const missing = (reason: string | undefined) => report.because("cast", reason);
	const cast = await castOf(own, { aparts, log, missing });
	const output = RingWriter.attach(own.output);
	const feed: Feed = new Feed(bell, cast, snapshots);
	const because = (reason: string | undefined) => report.because("source", reason);
	const intake = new Intake({ attach: (ring) => RingReader.attach(ring), bell, because });
	intake.use(own.input);
	const parts = {
		name: own.session,
		feed,
		bell,
		intake,
		output,
		machine: thisMachine(own, log),
		report,
		log,
		ready: () => send({ type: "ready" }),
		applied: (revision: number, frame: number) => send({ type: "applied", revision, frame }),
		pluginFailed: (plugin: string, hook: string, error: unknown) => {
			send({ type: "event", event: "plugin/failed", data: { plugin, hook, reason: reasonOf(error) } });
		},
		measured: (pipeline: string, held: Held) => {
			send({ type: "event", event: "pipeline/measured", data: { pipeline, held } });
		},
		stageFailed: (stage: string, error: unknown) => {
			send({ type: "event", event: "stage/failed", data: { stage, reason: reasonOf(error) } });
		},
	};
	let turned = snapshots;
	let loading = 0;
	let tasks = 0;
	const over = runSession(parts, signal).finally(() => {
		intake[Symbol.dispose]();
		aparts[Symbol.dispose]();
		output.close();
	});
	return {
		over,
		params(newest) {
			turned = newest;
			if (loading === 0) feed.update(turned);
		},
		async task(next, newest) {
			const wanted = next as SessionTask;
			turned = newest;
			intake.use(wanted.input);
			const turn = ++tasks;
			loading++;
			let cast: Cast | undefined;
			try {
				cast = await castOf(wanted, { aparts, log, missing });
			} catch (error) {
				// The show goes on with those who play.
				log.error("the new cast could not be loaded", { error });
				missing(reasonOf(error));
			} finally {
				loading--;
			}
			// Values that are meant for the new cast wait for it, and a cast that was overtaken is not wanted any more.
			if (turn === tasks) feed.update(turned, cast);
		},
		report: () => ({ ...report.read(), plugins: aparts.report() }),
		async [Symbol.asyncDispose]() {
			await over;
		},
	};
}

interface Casts {
	readonly aparts: ApartCast;
	readonly log: Log;
	/** Why somebody is not there, or that all are. */
	missing(reason: string | undefined): void;
}

/** Loads who plays, and who may. Those that only may are left out where they cannot be loaded: the show needs none of them. */
async function castOf(
	{ pipeline, standby, understudy, held, stages, plugins }: SessionTask,
	{ aparts, log, missing }: Casts,
) {
	missing(undefined);
	const beside = (guest: GuestRef) =>
		loadGuest("pipeline", guest).catch((error) => {
			log.error("a pipeline beside the chosen one could not be loaded", { guest: guest.id, error });
			missing(reasonOf(error));
			return undefined;
		});
	const cast: Cast = {
		plugins: await Promise.all(plugins.map((plugin) => aparts.load(plugin))),
		pipeline: await loadGuest("pipeline", pipeline),
		standby: standby && (await beside(standby)),
		understudy: understudy && (await beside(understudy)),
		...(held && { held }),
		stages: (await Promise.all(stages.map(beside))).filter((stage) => stage !== undefined),
	};
	return cast;
}
