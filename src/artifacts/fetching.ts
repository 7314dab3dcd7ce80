import { Worker } from "node:worker_threads";
import { fromBody } from "../base/errors.ts";
import type { Artifact } from "../contract/artifact.ts";
import type { FromThread, ThreadData, ToThread } from "./protocol.ts";
import type { FetchProgress } from "./store.ts";

interface Job {
	readonly thread: Worker;
	progress(progress: FetchProgress): void;
	settle(error?: unknown): void;
}

/** Fetches files in a thread of its own, which begins with the first. */
export class Fetching implements AsyncDisposable {
	readonly #data: ThreadData;
	readonly #jobs = new Map<number, Job>();
	#thread: Worker | undefined;
	#last = 0;

	constructor(data: ThreadData) {
		this.#data = data;
	}

	/** Fetches what is not there, one file after the other. Rejects as `ArtifactStore.fetch` does. */
	async fetch(
		artifacts: readonly Artifact[],
		progress: (progress: FetchProgress) => void,
		signal: AbortSignal,
	): Promise<void> {
		signal.throwIfAborted();
		const id = ++this.#last;
		this.#thread ??= this.#start();
		const thread = this.#thread;
		const { promise, resolve, reject } = Promise.withResolvers<void>();
		const cancel = () => post(thread, { type: "cancel", id });
		this.#jobs.set(id, { thread, progress, settle: (error) => (error === undefined ? resolve() : reject(error)) });
		signal.addEventListener("abort", cancel);
		post(thread, { type: "fetch", id, artifacts });
		try {
			await promise;
		} catch (error) {
			signal.throwIfAborted();
			throw error;
		} finally {
			signal.removeEventListener("abort", cancel);
			this.#jobs.delete(id);
		}
	}

	async [Symbol.asyncDispose](): Promise<void> {
		const thread = this.#thread;
		this.#thread = undefined;
		await thread?.terminate();
	}

	#start(): Worker {
		const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
		const thread = new Worker(new URL(`./thread.${extension}`, import.meta.url), { workerData: this.#data });
		thread.unref();
		thread.on("message", (message: FromThread) => {
			const job = this.#jobs.get(message.id);
			if (message.type === "progress") job?.progress(message.progress);
			else job?.settle(message.type === "failed" ? fromBody(message.error) : undefined);
		});
		// What was being fetched failed with it; the next fetch begins another.
		const gone = (error: unknown) => {
			if (this.#thread === thread) this.#thread = undefined;
			for (const job of this.#jobs.values()) if (job.thread === thread) job.settle(error);
		};
		thread.on("error", gone);
		thread.on("exit", () => gone(new Error("the fetching thread ended")));
		return thread;
	}
}

function post(thread: Worker, message: ToThread): void {
	thread.postMessage(message);
}
