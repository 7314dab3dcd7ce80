import type { ChildProcess } from "node:child_process";
import type { Clock } from "../base/clock.ts";
import { fromBody, MutoscopeError, reasonOf } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import { monotonic } from "../media/clock.ts";
import type { Snapshot } from "../params/store.ts";
import { type CallOptions, Calls } from "./calls.ts";
import { forkChild, gone } from "./fork.ts";
import { Printed } from "./lines.ts";
import { HOST_PROTOCOL, type Rings, type Task, type ToChild, type ToParent, toParent } from "./messages.ts";
import { Outbox } from "./outbox.ts";
import { Crashes, POLICY, type RestartPolicy } from "./policy.ts";
import { Pulse } from "./pulse.ts";
import type { ProcessStatus, SupervisorListener } from "./status.ts";
import { answerTurn } from "./turns.ts";

/** What a supervisor needs. */
export interface SupervisorOptions {
	/** `session:main`, `service:webrtc`. */
	readonly name: string;
	/** What the child is for, now. */
	task(): Task;
	/** How everything is turned, now. */
	snapshots(): Record<string, Snapshot>;
	readonly log: Log;
	/** Variables that the child needs besides the inherited ones. */
	readonly env?: Record<string, string>;
	/** Flags for the child's Node. */
	readonly flags?: readonly string[];
	readonly policy?: Partial<RestartPolicy>;
	readonly listener: SupervisorListener;
}

/** One child process: its heartbeat, its backoff, its reasons. */
export class Supervisor implements AsyncDisposable {
	readonly #options: SupervisorOptions;
	readonly #policy: RestartPolicy;
	readonly #crashes: Crashes;
	readonly #calls: Calls;
	readonly #outbox: Outbox;
	readonly #printed: Printed;
	readonly #timers = new Set<NodeJS.Timeout>();
	#child: ChildProcess | undefined;
	/** Settles once the child is gone. */
	#over: Promise<void> = Promise.resolve();
	#state: ProcessStatus["state"] = "stopped";
	#rings: Rings = { outputs: {}, inputs: {} };
	#restarts = 0;
	#reason: string | undefined;
	/** What the child said, or was done to it, before it went: better than an exit code. */
	#said: string | undefined;
	#pulse: Pulse | undefined;
	#usage: { readonly memory?: number; readonly cpu?: number } = {};
	#malformed = 0;
	#disposed = false;
	/** It is asked to end, for this reason, and is to be started again at once. */
	#again: string | undefined;

	constructor(options: SupervisorOptions, clock: Clock = monotonic) {
		const { name, task, snapshots } = options;
		this.#options = options;
		this.#policy = { ...POLICY, ...options.policy };
		this.#crashes = new Crashes(this.#policy, clock);
		this.#printed = new Printed(options.log, clock);
		this.#calls = new Calls(name, (message) => this.#state === "running" && this.#send(message));
		this.#outbox = new Outbox({
			task,
			snapshots,
			failed: (error) => this.#warn("its values could not be read", { error }),
		});
	}

	/** Starts the child; it is kept running from now on. */
	start(): void {
		if (this.#state === "stopped" && !this.#disposed) this.#launch();
	}

	/** Something was turned: the newest snapshots go to the child. Never a queue: at most one message is on its way. */
	feed(): void {
		this.#outbox.feed();
	}

	/** The task is another one of the same role: it deserves another try, if the last one ended in quarantine. */
	retask(): void {
		this.#outbox.retask();
		if (this.#state === "quarantined") this.restart("it was given something else to do");
	}

	/** Tells a service which rings it may read and write, by session. A restarted one is told again. */
	rings(outputs: Record<string, string>, inputs: Record<string, string>): void {
		this.#rings = { outputs, inputs };
		if (this.#child) this.#send({ type: "rings", rings: this.#rings });
	}

	/**
	 * Asks a service. While the child is being restarted the question waits.
	 *
	 * Rejects with the service's own error, `process/timeout` after `seconds` (10 unless said), `process/crashed` if the child
	 * dies over it, `process/quarantined`, or the signal's reason.
	 */
	call(method: string, input: unknown, options: CallOptions = {}): Promise<unknown> {
		if (this.#state === "quarantined" || this.#disposed) return Promise.reject(this.#refusal());
		return this.#calls.make(method, input, options);
	}

	/** Ends the child if it runs, and starts a new one; out of quarantine too. */
	restart(reason: string): void {
		if (this.#disposed) return;
		this.#crashes.forgive();
		if (this.#child) {
			this.#again = reason;
			this.#stop(this.#child);
		} else {
			if (this.#state !== "stopped") this.#restarts++;
			this.#clearTimers();
			this.#reason = reason;
			this.#launch();
		}
	}

	/** Kills the child, which counts as a failure of its own: it did what it must not, as `reason` says. */
	fail(reason: string): void {
		this.#said = reason;
		this.#child?.kill("SIGKILL");
	}

	/** How it is. */
	status(): ProcessStatus {
		return {
			name: this.#options.name,
			state: this.#state,
			restarts: this.#restarts,
			...(this.#child?.pid === undefined ? {} : { pid: this.#child.pid }),
			...(this.#reason === undefined ? {} : { reason: this.#reason }),
			...(this.#child ? this.#usage : {}),
		};
	}

	/** Asks the child to stop, kills it when it does not within the grace, and waits until it is gone. */
	async [Symbol.asyncDispose](): Promise<void> {
		if (!this.#disposed) {
			this.#disposed = true;
			this.#clearTimers();
			this.#calls.close(this.#refusal());
			if (this.#child) this.#stop(this.#child);
			else this.#enter("stopped");
		}
		await this.#over;
	}

	#launch(): void {
		const { snapshots, task, env, flags } = this.#options;
		try {
			const { heartbeat } = this.#policy;
			const start = { task: task(), snapshots: snapshots(), rings: this.#rings, heartbeat };
			const child = forkChild(env, flags);
			this.#child = child;
			this.#usage = {};
			this.#said = undefined;
			this.#printed.error = undefined;
			this.#over = gone(child).then((reason) => this.#ended(child, reason));
			child.on("message", (message) => this.#hear(child, message));
			this.#printed.read(child.stdout);
			this.#printed.read(child.stderr);
			this.#enter("starting");
			this.#send({ type: "start", protocol: HOST_PROTOCOL, ...start });
			this.#outbox.to((message, sent) => this.#send(message, sent));
			this.#pulse = new Pulse(this.#policy, (silence) => this.fail(silence));
		} catch (error) {
			this.#crashed(`it could not be started: ${reasonOf(error)}`);
		}
	}

	#hear(child: ChildProcess, raw: unknown): void {
		if (child !== this.#child) return;
		this.#pulse?.beat();
		const parsed = toParent.safeParse(raw);
		if (parsed.success) this.#obey(parsed.data);
		else {
			this.#malformed++;
			const count = this.#malformed;
			const { message: reason } = parsed.error;
			if (Number.isInteger(Math.log10(count))) this.#warn("a malformed message was ignored", { reason, count });
		}
	}

	#obey(message: ToParent): void {
		const { listener, log } = this.#options;
		if (message.type === "ready") this.#ready();
		else if (message.type === "heartbeat") {
			const { memory, cpu, report } = message;
			this.#usage = { memory, cpu };
			// What is still being loaded has nothing to say yet.
			if (Object.keys(report).length > 0) listener.report?.(report);
			listener.state?.(this.status());
		} else if (message.type === "applied") listener.applied?.(message.revision, message.frame);
		else if (message.type === "result") this.#calls.answered(message.id, message.value);
		else if (message.type === "refused") this.#calls.refused(message.id, errorOf(message.error));
		else if (message.type === "turn") this.#send(answerTurn(message, listener));
		else if (message.type === "event") listener.event?.(message.event, message.data);
		else if (message.type === "log") log[message.level](message.message, message.fields);
		else this.#said = message.error.message;
	}

	#ready(): void {
		if (this.#state !== "starting") return;
		this.#pulse?.ready();
		this.#enter("running");
		this.#calls.send();
		this.#after(this.#policy.healthy, () => this.#crashes.forgive());
	}

	#ended(child: ChildProcess, reason: string): void {
		if (child !== this.#child) return;
		this.#child = undefined;
		this.#outbox.to(undefined);
		this.#clearTimers();
		const { name } = this.#options;
		if (this.#disposed) this.#enter("stopped");
		else if (this.#again !== undefined) {
			this.#reason = this.#again;
			this.#again = undefined;
			this.#restarts++;
			this.#calls.crashed(new MutoscopeError("process/crashed", { process: name, reason: this.#reason }));
			this.#launch();
		} else {
			const { error } = this.#printed;
			const printed = error && !reason.endsWith("SIGKILL") ? `: ${error}` : "";
			this.#crashed(this.#said ?? reason + printed);
		}
	}

	#crashed(reason: string): void {
		const { name } = this.#options;
		this.#reason = reason;
		const delay = this.#crashes.next();
		if (delay === undefined) {
			this.#enter("quarantined");
			this.#options.log.error("it keeps failing and was stopped", { process: name, reason });
			this.#calls.close(this.#refusal());
			return;
		}
		this.#calls.crashed(new MutoscopeError("process/crashed", { process: name, reason }));
		this.#warn("it ended and is started again", { reason, delay });
		this.#enter("waiting");
		this.#after(delay, () => {
			this.#restarts++;
			this.#launch();
		});
	}

	#stop(child: ChildProcess): void {
		this.#send({ type: "stop" });
		this.#after(this.#policy.grace, () => child.kill("SIGKILL"));
	}

	#send(message: ToChild, sent: () => void = () => {}): boolean {
		const child = this.#child;
		if (!child?.connected) return false;
		// A channel that breaks ends the child, and that is heard of by itself.
		child.send(message, () => sent());
		return true;
	}

	#refusal(): MutoscopeError {
		const { name } = this.#options;
		const reason = this.#reason ?? "it was stopped";
		if (this.#disposed) return new MutoscopeError("process/crashed", { process: name, reason: "it was stopped" });
		return new MutoscopeError("process/quarantined", { process: name, reason });
	}

	#enter(state: ProcessStatus["state"]): void {
		this.#state = state;
		this.#options.listener.state?.(this.status());
	}

	#warn(message: string, fields: Record<string, unknown>): void {
		this.#options.log.warn(message, { process: this.#options.name, ...fields });
	}

	#after(seconds: number, then: () => void): void {
		const timer = setTimeout(() => {
			this.#timers.delete(timer);
			then();
		}, seconds * 1000);
		this.#timers.add(timer);
	}

	#clearTimers(): void {
		this.#pulse?.[Symbol.dispose]();
		for (const timer of this.#timers) clearTimeout(timer);
		this.#timers.clear();
	}
}

function errorOf({ code, message, details }: Extract<ToParent, { type: "refused" }>["error"]): Error {
	return fromBody({ code, message, details });
}
