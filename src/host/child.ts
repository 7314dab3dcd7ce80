import { flushCompileCache } from "node:module";
import { MutoscopeError, reasonOf } from "../base/errors.ts";
import type { Log, LogFields, LogLevel } from "../base/log.ts";
import { monotonic } from "../media/clock.ts";
import { Throttle } from "./lines.ts";
import { HOST_PROTOCOL, type Task, type ToChild, type ToParent } from "./messages.ts";
import { dieWithParent } from "./orphan.ts";
import type { Outside, Role, Start } from "./role.ts";

/** Log lines a second that are sent. */
const LINES = 50;

/** Seconds for stopping, once the daemon is gone. */
const GRACE = 2;

const roles: Record<Task["role"], (start: Start, outside: Outside) => Promise<Role>> = {
	session: async (start, outside) => (await import("./run-session.ts")).runSessionRole(start, outside),
	source: async (start, outside) => (await import("./run-bridge.ts")).runBridgeRole(start, outside),
	sink: async (start, outside) => (await import("./run-bridge.ts")).runBridgeRole(start, outside),
	plugin: async (start, outside) => (await import("./run-plugin.ts")).runPluginRole(start, outside),
	service: async (start, outside) => (await import("./run-service.ts")).runServiceRole(start, outside),
};

const throttle = new Throttle(LINES, monotonic);
const ending = new AbortController();
const outside: Outside = { send, log: logWith({}), signal: ending.signal };
const calls = new Map<number, AbortController>();
let role: Promise<Role> | undefined;
let stopping = false;

process.on("message", (message: ToChild) => hear(message));
// The daemon is gone: nobody else would ever stop us.
process.on("disconnect", () => {
	void stop();
	setTimeout(() => process.exit(1), GRACE * 1000);
});
process.on("uncaughtException", fail);
process.on("unhandledRejection", fail);
// A terminal sends these to all of us; the daemon decides when who ends.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});

function hear(message: ToChild): void {
	if (message.type === "start") begin(message);
	else if (message.type === "stop") void stop();
	else if (message.type === "call") answer(message.id, message.method, message.input).catch(fail);
	else if (message.type === "cancel") calls.get(message.id)?.abort(new Error("nobody waits for the answer"));
	else if (message.type === "params") role?.then((it) => it.params(message.snapshots)).catch(fail);
	else if (message.type === "task") role?.then((it) => it.task?.(message.task, message.snapshots)).catch(fail);
	else if (message.type === "turned") role?.then((it) => it.turned?.(message)).catch(fail);
	else role?.then((it) => it.rings?.(message.rings)).catch(fail);
}

function begin({ protocol, heartbeat, ...start }: Extract<ToChild, { type: "start" }>): void {
	if (protocol !== HOST_PROTOCOL) throw new Error(`the daemon speaks version ${protocol}, this child ${HOST_PROTOCOL}`);
	role = roles[start.task.role](start, outside);
	role.then(({ over }) => over).catch(fail);
	beat(heartbeat);
	// What runs for nobody shall not run; what may have to finish a file ends when it hears that the daemon is gone.
	if (start.task.role === "sink" || start.task.role === "service") return;
	dieWithParent().catch((error) => outside.log.debug("it cannot end with its parent", { error }));
}

function beat(seconds: number): void {
	let running: Role | undefined;
	role?.then((it) => {
		running = it;
	}, fail);
	let cpu = process.cpuUsage();
	let at = monotonic();
	const tell = () => {
		const used = process.cpuUsage(cpu);
		const now = monotonic();
		const share = (used.user + used.system) / 1e6 / Math.max(0.001, now - at);
		cpu = process.cpuUsage();
		at = now;
		send({ type: "heartbeat", report: running?.report() ?? {}, memory: process.memoryUsage.rss(), cpu: share });
	};
	tell();
	setInterval(tell, seconds * 1000);
	// Kept for the next start, which may follow a kill: what is killed writes nothing.
	setTimeout(flushCompileCache, seconds * 2000).unref();
}

async function answer(id: number, method: string, input: unknown): Promise<void> {
	const abort = new AbortController();
	calls.set(id, abort);
	try {
		const it = await role;
		if (!it?.call) throw new Error("this process answers no calls");
		send({ type: "result", id, value: await it.call(method, input, abort.signal) });
	} catch (error) {
		send({ type: "refused", id, error: bodyOf(error) });
	} finally {
		calls.delete(id);
	}
}

async function stop(): Promise<void> {
	if (stopping) return;
	stopping = true;
	ending.abort(new Error("it was stopped"));
	try {
		const it = await role;
		await it?.[Symbol.asyncDispose]();
		process.exit(0);
	} catch (error) {
		outside.log.warn("it did not stop cleanly", { reason: reasonOf(error) });
		process.exit(1);
	}
}

function fail(error: unknown): void {
	if (stopping) return;
	stopping = true;
	if (!(error instanceof MutoscopeError)) {
		outside.log.error("it failed", { stack: error instanceof Error ? error.stack : String(error) });
	}
	send({ type: "failed", error: bodyOf(error) }, () => process.exit(1));
}

function send(message: ToParent, sent: () => void = () => {}): void {
	if (!process.send || !process.connected) {
		sent();
		return;
	}
	try {
		process.send(message, () => sent());
	} catch (error) {
		// What cannot be cloned is a guest's mistake in a report, an event or an answer.
		if (message.type === "result") send({ type: "refused", id: message.id, error: bodyOf(error) }, sent);
		else if (message.type !== "log")
			outside.log.warn(`a ${message.type} could not be sent`, { reason: reasonOf(error) });
	}
}

function bodyOf(error: unknown) {
	return error instanceof MutoscopeError ? error.toJSON() : { code: "internal", message: reasonOf(error), details: {} };
}

function logWith(fields: LogFields): Log {
	const line =
		(level: LogLevel) =>
		(message: string, more: LogFields = {}) => {
			if (!throttle.passes()) return;
			const held = throttle.take();
			const all = Object.entries({ ...fields, ...more, ...(held > 0 ? { left_out: held } : {}) });
			send({ type: "log", level, message, fields: Object.fromEntries(all.map(([key, value]) => [key, plain(value)])) });
		};
	return {
		debug: line("debug"),
		info: line("info"),
		warn: line("warn"),
		error: line("error"),
		with: (more) => logWith({ ...fields, ...more }),
	};
}

function plain(value: unknown): unknown {
	return value instanceof Error ? (value.stack ?? value.message) : value;
}
