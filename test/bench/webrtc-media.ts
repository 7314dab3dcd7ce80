import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Ring } from "../../src/media/ring.ts";
import type { MediaTask } from "./webrtc-child.ts";

/** What the media process used and says. */
export interface Usage {
	readonly cpu: { readonly user: number; readonly system: number };
	readonly report: Record<string, unknown> | undefined;
}

/** The WebRTC service in a process of its own, as the daemon runs it, with the rings of a session. */
export class MediaProcess implements AsyncDisposable {
	readonly output: string;
	readonly input: string;
	readonly #rings: Ring[];
	readonly #child: ChildProcess;
	readonly #asked = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
	#next = 1;

	constructor(link: Pick<MediaTask, "loss" | "narrow"> = {}, config: Record<string, unknown> = {}) {
		this.output = `webrtc-bench-${process.pid}`;
		this.input = `${this.output}-in`;
		this.#rings = [Ring.create(this.output), Ring.create(this.input)];
		const task: MediaTask = { output: this.output, input: this.input, config, ...link };
		this.#child = start("webrtc-child.ts", JSON.stringify(task));
		this.#child.on("message", ({ id, value, error }: { id: number; value?: unknown; error?: string }) => {
			const asked = this.#asked.get(id);
			this.#asked.delete(id);
			if (error === undefined) asked?.resolve(value);
			else asked?.reject(new Error(error));
		});
	}

	call(method: string, input: unknown): Promise<unknown> {
		const id = this.#next++;
		this.#child.send({ id, method, input });
		return new Promise((resolve, reject) => this.#asked.set(id, { resolve, reject }));
	}

	/** Milliseconds of processor time it uses while `during` runs, and how long that takes in seconds. */
	async measure(during: () => Promise<unknown>): Promise<{ cpu: number; seconds: number; report: Usage["report"] }> {
		const before = (await this.call("usage", null)) as Usage;
		const began = performance.now();
		await during();
		const after = (await this.call("usage", null)) as Usage;
		const micros = after.cpu.user + after.cpu.system - before.cpu.user - before.cpu.system;
		return { cpu: micros / 1000, seconds: (performance.now() - began) / 1000, report: after.report };
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.#child.disconnect();
		await once(this.#child, "exit");
		for (const ring of this.#rings) ring.close();
	}
}

/** Starts a program of this folder. */
export function start(file: string, ...input: string[]): ChildProcess {
	return fork(fileURLToPath(new URL(file, import.meta.url)), input, {
		execArgv: ["--conditions=mutoscope:source"],
		serialization: "advanced",
		env: { ...process.env, UV_THREADPOOL_SIZE: "16" },
	});
}
