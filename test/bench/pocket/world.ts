import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { stampKeys } from "../../../pipelines/wan/dit/stamp.ts";
import type { Picture } from "./measures/picture.ts";
import { SIZE } from "./model.ts";
import type { Part, Player } from "./player.ts";

const TRAINING = fileURLToPath(new URL("../../../pipelines/wan/training", import.meta.url));
const LENGTH = 4 * SIZE.width * SIZE.height;
const CHUNK = 4;

/**
 * The world that the model was trained on, drawn by the trainer's Python: it knows what is asked and does it, so that whatever
 * it falls short of is the measures' fault.
 */
export class World implements Player {
	readonly name = "the world itself";
	readonly #child: ChildProcess;
	readonly #bytes: AsyncIterator<Buffer>;
	#rest = Buffer.alloc(0);

	/** @param python an interpreter that has PyTorch. */
	constructor(python: string) {
		const child = spawn(python, ["-m", "world.pipe"], { cwd: TRAINING, stdio: ["pipe", "pipe", "inherit"] });
		this.#child = child;
		this.#bytes = (child.stdout as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
	}

	async *play(parts: readonly Part[], seed: number): AsyncGenerator<readonly Picture[]> {
		const segments = parts.map(({ prompt, chunks }) => ({ ...prompt, frames: CHUNK * chunks }));
		this.#child.stdin?.write(
			`${JSON.stringify({ segments, keys: stampKeys(seed), size: [SIZE.height, SIZE.width] })}\n`,
		);
		const chunks = parts.reduce((sum, { chunks }) => sum + chunks, 0);
		for (let chunk = 0; chunk < chunks; chunk++) {
			const pictures: Picture[] = [];
			for (let i = 0; i < CHUNK; i++) pictures.push({ ...SIZE, data: await this.#take() });
			// As the autoencoder: of a stream's first four frames only the last comes out.
			yield chunk === 0 ? pictures.slice(-1) : pictures;
		}
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.#child.stdin?.end();
		if (this.#child.exitCode === null) await once(this.#child, "exit");
	}

	async #take(): Promise<Uint8Array> {
		while (this.#rest.length < LENGTH) {
			const { value, done } = await this.#bytes.next();
			if (done) throw new Error("the world came to an end");
			this.#rest = Buffer.concat([this.#rest, value]);
		}
		const data = new Uint8Array(this.#rest.subarray(0, LENGTH));
		this.#rest = this.#rest.subarray(LENGTH);
		return data;
	}
}
