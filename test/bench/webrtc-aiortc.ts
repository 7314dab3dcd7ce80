import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Ring } from "../../src/media/ring.ts";
import type { Size } from "../../src/sdk.ts";
import { Drawing } from "../bridges/webrtc/stage.ts";
import { peer } from "../peers.ts";

const PROGRAM = fileURLToPath(new URL("webrtc-aiortc.py", import.meta.url));

/** The same test card, sent by aiortc from the same kind of ring. */
export class Aiortc implements AsyncDisposable {
	readonly version: string;
	readonly #ring: Ring;
	readonly #drawing: Drawing;
	readonly #child: ChildProcess;
	readonly #waiting: PromiseWithResolvers<string>[] = [];

	/** `undefined` where Python, numpy or aiortc is missing. */
	static async open(size: Size): Promise<Aiortc | undefined> {
		const python = peer("python3");
		if (!python) return undefined;
		const found = spawnSync(python, ["-c", "import aiortc, numpy; print(aiortc.__version__)"], { encoding: "utf8" });
		return found.status === 0 ? new Aiortc(python, found.stdout.trim(), size) : undefined;
	}

	private constructor(python: string, version: string, size: Size) {
		this.version = version;
		this.#ring = Ring.create(`webrtc-bench-aio-${process.pid}`);
		this.#drawing = new Drawing(this.#ring.name, size, 30);
		this.#child = spawn(python, [PROGRAM, this.#ring.name], { stdio: ["pipe", "pipe", "inherit"] });
		if (this.#child.stdout)
			createInterface(this.#child.stdout).on("line", (line) => this.#waiting.shift()?.resolve(line));
		this.#child.once("exit", () => {
			for (const { reject } of this.#waiting) reject(new Error("aiortc ended"));
		});
	}

	/** Answers the page's signalling. */
	async call(method: string, input: unknown): Promise<unknown> {
		if (method !== "offer") return {};
		const { sdp } = JSON.parse(await this.#ask({ sdp: (input as { sdp: string }).sdp })) as { sdp: string };
		return { id: "aiortc", sdp, etag: "" };
	}

	/** Seconds of processor time that it used. */
	async cpu(): Promise<number> {
		return Number(await this.#ask({}));
	}

	#ask(question: unknown): Promise<string> {
		this.#child.stdin?.write(`${JSON.stringify(question)}\n`);
		const answer = Promise.withResolvers<string>();
		this.#waiting.push(answer);
		return answer.promise;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.#child.stdin?.end();
		if (this.#child.exitCode === null) await once(this.#child, "exit");
		await this.#drawing[Symbol.asyncDispose]();
		this.#ring.close();
	}
}
