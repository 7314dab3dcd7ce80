import { parentPort, workerData } from "node:worker_threads";
import { MutoscopeError, reasonOf } from "../base/errors.ts";
import type { FromThread, ThreadData, ToThread } from "./protocol.ts";
import { ArtifactStore } from "./store.ts";

/** Milliseconds between two reports of the same file. */
const EVERY = 200;

/*
 * The thread that fetches: gigabytes are decrypted, written and hashed beside the daemon, which has faders to hear.
 */
const store = new ArtifactStore(workerData as ThreadData);
const running = new Map<number, AbortController>();
const send = (message: FromThread) => parentPort?.postMessage(message);

parentPort?.on("message", (message: ToThread) => {
	if (message.type === "cancel") running.get(message.id)?.abort(new Error("it was called off"));
	else void fetchAll(message);
});

async function fetchAll({ id, artifacts }: Extract<ToThread, { type: "fetch" }>): Promise<void> {
	const abort = new AbortController();
	running.set(id, abort);
	let [said, stage] = [0, ""];
	try {
		for (const artifact of artifacts) {
			const progress: Parameters<ArtifactStore["fetch"]>[1] = (progress) => {
				if (progress.stage === stage && performance.now() - said < EVERY) return;
				[said, stage] = [performance.now(), progress.stage];
				send({ type: "progress", id, progress });
			};
			await store.fetch(artifact, progress, abort.signal);
		}
		send({ type: "done", id });
	} catch (error) {
		const known = error instanceof MutoscopeError;
		send({ type: "failed", id, error: known ? error.toJSON() : { code: "", message: reasonOf(error), details: {} } });
	} finally {
		running.delete(id);
	}
}
