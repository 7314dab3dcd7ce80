import { MutoscopeError } from "../base/errors.ts";
import type { Sink, SinkDefinition, Source, SourceDefinition } from "../contract/bridge.ts";
import { monotonic } from "../media/clock.ts";
import { FramePool } from "../media/pool.ts";
import { Bell } from "../session/bell.ts";
import { Report } from "../session/report.ts";
import { Wish } from "../session/wish.ts";
import { loadGuest } from "./guest.ts";
import type { BridgeTask } from "./messages.ts";
import { pumpSink, pumpSource } from "./pump.ts";
import { Reopener } from "./reopener.ts";
import type { Outside, Role, Start } from "./role.ts";
import { Turns } from "./turns.ts";

/** Runs a bridge's source or sink in this process, between one ring and another program. */
export async function runBridgeRole({ task, snapshots }: Start, { send, log, signal }: Outside): Promise<Role> {
	const { role, ring, session, config } = task as BridgeTask;
	const turns = new Turns(send);
	const show = (data: unknown) => send({ type: "event", event: "show", data });
	const bell = new Bell();
	const report = new Report(monotonic);
	const pool = new FramePool();
	let wish = new Wish(await definitionOf(task as BridgeTask));
	let snapshot = snapshots[""] ?? { revision: 0, values: {}, fired: {} };

	const reopener = new Reopener({
		wanted: () => wish.under(snapshot),
		snapshot: () => snapshot,
		bell,
		surroundings: { session, config, show, turn: (changes) => turns.turn({ ...changes }) },
		pool,
		log,
		because: (reason) => report.because("bridge", reason),
		closed: () => send({ type: "event", event: "closed", data: null }),
		async use(opened, until) {
			if (role === "sink") await pumpSink(opened as Sink, ring, report, until);
			else await pumpSource(opened as Source, ring, report, until);
			send({ type: "event", event: "ended", data: null });
			report.because("bridge", "It has come to its end.");
		},
	});
	const over = reopener.run(signal);
	// Whether it is open is in the report; the process is there, and waits with it for what is missing.
	send({ type: "ready" });
	return {
		over,
		params(newest) {
			snapshot = newest[""] ?? snapshot;
			bell.ring();
		},
		async task(next, newest) {
			const definition = await definitionOf(next as BridgeTask);
			if (definition !== wish.definition) wish = new Wish(definition);
			snapshot = newest[""] ?? snapshot;
			bell.ring();
		},
		turned: (answer) => turns.answered(answer),
		report: () => ({ ...report.read(), ...reopener.report() }),
		async [Symbol.asyncDispose]() {
			await over;
		},
	};
}

async function definitionOf({ role, bridge }: BridgeTask): Promise<SourceDefinition | SinkDefinition> {
	const definition = await loadGuest("bridge", bridge);
	const part = role === "sink" ? definition.sink : definition.source;
	if (!part)
		throw new MutoscopeError("guest/invalid", { module: bridge.module, reason: `${bridge.id} has no ${role}` });
	return part;
}
