import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { ChildSays } from "./ring.child.ts";

let count = 0;

/** A name that no other test has. */
export function ringName(): string {
	return `mutest-${process.pid}-${++count}`;
}

/** Another process of the ring's tests, once it is ready. */
export async function ringChild(...words: (string | number)[]): Promise<ChildProcess> {
	const child = fork(new URL("ring.child.ts", import.meta.url), words.map(String), {
		execArgv: ["--conditions=mutoscope:source"],
	});
	await hear(child, "ready");
	return child;
}

/** The next message of this kind. */
export async function hear<At extends ChildSays["at"]>(
	child: ChildProcess,
	at: At,
): Promise<Extract<ChildSays, { at: At }>> {
	for (;;) {
		const [message] = (await once(child, "message")) as [ChildSays];
		if (message.at === at) return message as Extract<ChildSays, { at: At }>;
	}
}

/** Ends a process so that it cannot tidy up. */
export async function kill(child: ChildProcess): Promise<void> {
	const exit = once(child, "exit");
	child.kill("SIGKILL");
	await exit;
}
