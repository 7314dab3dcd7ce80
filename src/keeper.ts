import { type ChildProcess, spawn } from "node:child_process";
import { Backoff } from "./base/backoff.ts";

/** A daemon that ran for so many seconds is healthy: its next death begins a new series of failures. */
const HEALTHY_AFTER = 10;

/** Seconds that a daemon may take to stop when asked. */
const PATIENCE = 8;

/** So many deaths in a row, and the keeper gives up with the daemon's own exit code. */
const MOST_FAILURES = 10;

/**
 * Keeps a daemon alive, and nothing else: starts it in a process group of its own, starts it again when it dies, and
 * sweeps away what it left behind. Returns the exit code.
 *
 * A signal to the keeper stops the daemon; the death of the keeper does too, since the daemon hears its channel close.
 */
export async function keep(
	command: string,
	args: readonly string[],
	env: NodeJS.ProcessEnv,
	say: (line: string) => void,
): Promise<number> {
	const backoff = new Backoff({ first: 0.1, most: 10 });
	let stopping = false;
	let daemon: ChildProcess | undefined;
	let ports: readonly string[] = [];
	const stop = (signal: NodeJS.Signals) => {
		stopping = true;
		daemon?.kill(signal);
		setTimeout(() => sweep(daemon?.pid), PATIENCE * 1000).unref();
	};
	process.on("SIGINT", stop).on("SIGTERM", stop);
	try {
		for (let failures = 0; ; ) {
			const started = Date.now();
			daemon = spawn(command, [...args, ...ports], {
				detached: true,
				env,
				stdio: ["ignore", "inherit", "inherit", "ipc"],
			});
			daemon.on("message", (message) => {
				ports = portsOf(message);
			});
			const code = await ended(daemon);
			sweep(daemon.pid);
			if (stopping || code === 0) return 0;
			// Wrong usage or config; once it has run, though, the same words bring it back.
			if (code === 2 && ports.length === 0) return code;
			if (Date.now() - started > HEALTHY_AFTER * 1000) {
				failures = 0;
				backoff.reset();
			}
			if (++failures === MOST_FAILURES) return code;
			say("The daemon died; it is started again.");
			await new Promise((done) => setTimeout(done, backoff.next() * 1000));
			if (stopping) return 0;
		}
	} finally {
		process.off("SIGINT", stop).off("SIGTERM", stop);
	}
}

/** The ports that the system chose, as arguments: pages and faders must find the next daemon where they left the last. */
function portsOf(message: unknown): readonly string[] {
	const { port, oscPort } = message as { port?: number; oscPort?: number };
	const args = [];
	if (port !== undefined) args.push("--port", String(port));
	if (oscPort !== undefined) args.push("--osc-port", String(oscPort));
	return args;
}

function ended(daemon: ChildProcess): Promise<number> {
	return new Promise((resolve) => {
		daemon.once("exit", (code) => resolve(code ?? 1));
		daemon.once("error", () => resolve(1));
	});
}

/** Ends whatever of the daemon's process group is still there: a child in an endless loop hears no channel close. */
function sweep(group: number | undefined): void {
	if (group === undefined || process.platform === "win32") return;
	try {
		process.kill(-group, "SIGKILL");
	} catch {} // the group is empty
}
