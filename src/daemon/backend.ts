import * as z from "zod";
import { type LogTail, plainEntry } from "../log.ts";
import { monotonic } from "../media/clock.ts";
import { listRings } from "../media/ring.ts";
import type { ParamStore } from "../params/store.ts";
import type { DaemonStatus } from "../protocol/messages.ts";
import type { Backend, Plugins, Presets, Recordings } from "../server/backend.ts";
import type { WebRtcCalls } from "../server/webrtc.ts";
import type { AppliedFeed } from "./applied.ts";
import type { Catalogue } from "./catalogue.ts";
import type { LoraFolder } from "./loras.ts";
import { metricsOf } from "./metrics.ts";
import type { Models } from "./models.ts";
import type { Offers } from "./offers.ts";
import type { RecordingFolder } from "./recordings.ts";
import type { Services } from "./services.ts";
import type { Sessions } from "./sessions.ts";
import { processesOf, sessionStatus } from "./status.ts";

const choices = z.array(z.string().max(1000)).max(1000);

/** What the backend is made of. */
export interface BackendParts {
	readonly version: string;
	readonly store: ParamStore;
	readonly catalogue: Pick<Catalogue, "bridge">;
	readonly sessions: Sessions;
	readonly services: Services;
	readonly applied: AppliedFeed;
	readonly offers: Offers;
	readonly presets: Presets;
	readonly recordings: RecordingFolder;
	readonly plugins: Plugins;
	readonly tail: LogTail;
	/** The WebRTC service took an offer: `peer` is what that connection is called from now on. */
	readonly answered: (peer: string, offer: WebRtcCalls["offer"]) => void;
	readonly models: Models;
	readonly loras: LoraFolder;
	/** Where OSC is listened to. */
	readonly osc: Backend["osc"];
	/** Open control connections, and counters of OSC. */
	readonly control: () => { readonly clients: number; readonly osc: Readonly<Record<string, number>> };
	/** Sessions came or went: what is kept on disk has changed. */
	readonly changed: () => void;
}

/** What the server is handed: the daemon as plain functions. */
export function createBackend(parts: BackendParts): Backend {
	const { version, store, sessions, services, applied, offers, tail, answered, control, changed } = parts;
	const begun = monotonic();
	const statusOf = (name: string) => sessionStatus(sessions.get(name), services.report("webrtc"));
	const status = (): DaemonStatus => ({
		version,
		uptime: monotonic() - begun,
		sessions: sessions.names.map(statusOf),
		downloads: [...parts.models.downloads],
		processes: [...[...sessions].flatMap(processesOf), ...services.processes.map((process) => process.status())],
	});
	return {
		version,
		started: Date.now() / 1000,
		store,
		status,
		sessions: () => sessions.names.map(statusOf),
		async createSession({ name, ...chosen }) {
			sessions.begin(name, chosen);
			changed();
			return statusOf(name);
		},
		async removeSession(name) {
			await sessions.end(name);
			changed();
		},
		async restartSession(name) {
			sessions.get(name).restart("asked for");
		},
		async setParams(changes, origin, wait) {
			const { revision: rev, clamped, parts: touched } = store.set(changes, origin, monotonic());
			if (!wait) return { rev, clamped };
			const named = new Set([...touched.keys()].map((part) => part.split("/")[1] ?? ""));
			const shown = sessions.names.filter((name) => named.has(name));
			return { rev, clamped, frames: await applied.wait(shown, rev, wait) };
		},
		pipelines: () => offers.pipelines(),
		sources: () => offers.sources(),
		sinks: () => offers.sinks(),
		choices: (source, signal) => choicesOf(parts, source, signal),
		// Those between a session and its plugins have a dot, and are nobody else's.
		rings: () => listRings().filter((name) => !name.includes(".")),
		osc: parts.osc,
		models: parts.models,
		loras: parts.loras,
		presets: parts.presets,
		plugins: parts.plugins,
		recordings: recordingsOf(parts),
		async still(session, wanted, signal) {
			sessions.get(session);
			return (await services.call("still", "still", { session, ...wanted }, signal)) as Uint8Array;
		},
		async webrtc(method, input, signal) {
			if ("session" in input) sessions.get(input.session);
			const answer = await services.call("webrtc", method, input, signal);
			if ("role" in input) answered((answer as { id: string }).id, input);
			return answer;
		},
		metrics() {
			const { uptime, sessions, processes } = status();
			return metricsOf(sessions, processes, { uptime, memory: process.memoryUsage.rss(), ...control() });
		},
		log: (lines) => tail.last(lines).map(plainEntry),
	};
}

/** What the service of a source's bridge has found; a source without a service has nothing to choose from. */
async function choicesOf({ catalogue, services }: BackendParts, source: string, signal: AbortSignal) {
	if (!catalogue.bridge(source).guest.service) return [];
	return choices.parse(await services.call(source, "choices", {}, signal));
}

/** Recording is a sink that is switched on and off by its parameter; the files are the folder's. */
function recordingsOf({ recordings, sessions, store }: BackendParts): Recordings {
	const turn = (session: string, on: boolean) => {
		const show = sessions.get(session);
		store.set([[show.at("/sink/recording/enabled"), on]], "recordings");
	};
	return {
		list: () => recordings.list(),
		async start(session) {
			recordings.prepare();
			turn(session, true);
			const running = recordings.current(session);
			if (!running) throw new TypeError("a recording that was switched on has no file");
			return running;
		},
		async stop(session) {
			const running = recordings.current(session);
			turn(session, false);
			await sessions.get(session).settled();
			return running && recordings.list().find(({ id }) => id === running.id);
		},
		path: (id) => recordings.path(id),
		remove: (id) => recordings.remove(id),
	};
}
