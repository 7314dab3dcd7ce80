import { reasonOf } from "../base/errors.ts";
import { paramsOf } from "../params/schema.ts";
import type { Snapshot } from "../params/store.ts";
import { Answerer } from "../session/apart/answerer.ts";
import { EMPTY } from "../session/feed.ts";
import { Plugins } from "../session/plugins.ts";
import { loadGuest } from "./guest.ts";
import type { PluginTask } from "./messages.ts";
import type { Outside, Role, Start } from "./role.ts";

/** Runs the taps of one plugin for one session in this process. */
export async function runPluginRole({ task, snapshots }: Start, { send, log, signal }: Outside): Promise<Role> {
	const { plugin, ring, generator } = task as PluginTask;
	const definition = await loadGuest("plugin", plugin);
	const part = `/plugin/${plugin.id}`;
	let turned = snapshots[part] ?? EMPTY;
	let params = paramsOf(generator);
	/** A call and a message may overtake each other. */
	const turn = (newest: Snapshot | undefined) => {
		if (newest && newest.revision >= turned.revision) turned = newest;
	};
	const feed = {
		plugins: [definition],
		get params() {
			return params;
		},
		part: () => turned,
	};
	const plugins = new Plugins(feed, log, (id, hook, error) => {
		send({ type: "event", event: "plugin/failed", data: { plugin: id, hook, reason: reasonOf(error) } });
	});
	const answerer = new Answerer({ ring, plugins, turned: turn, life: performance.timeOrigin });
	await answerer.refresh();
	const { promise: failed, reject } = Promise.withResolvers<never>();
	const over = Promise.race([failed, serve(answerer, signal)]);
	send({ type: "ready" });
	return {
		over,
		params(newest) {
			turn(newest[part]);
			answerer.refresh().catch(reject);
		},
		async task(next, newest) {
			params = paramsOf((next as PluginTask).generator);
			turn(newest[part]);
			answerer.refresh().catch(reject);
		},
		report: () => ({ calls: answerer.calls }),
		async [Symbol.asyncDispose]() {
			answerer[Symbol.dispose]();
			await plugins[Symbol.asyncDispose]();
		},
	};
}

/** Until the signal aborts: a plugin whose rings are gone, or were taken over by its successor, waits to be stopped. */
async function serve(answerer: Answerer, signal: AbortSignal): Promise<void> {
	try {
		await answerer.serve(signal);
		await new Promise<void>((done) => signal.addEventListener("abort", () => done()));
	} catch (error) {
		if (!signal.aborted) throw error;
	}
}
