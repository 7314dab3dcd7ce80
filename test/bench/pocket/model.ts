import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pipelines } from "../../../pipelines/index.ts";
import type { Artifact } from "../../../src/contract/artifact.ts";
import type { Pipeline } from "../../../src/contract/pipeline.ts";
import { Frame } from "../../../src/media/frame.ts";
import { FramePool } from "../../../src/media/pool.ts";
import { silent } from "../../../src/testing/clause.ts";
import type { Picture } from "./measures/picture.ts";
import type { Player } from "./player.ts";

/** Values of the pipeline, nested as its schema is; what is not said is as it comes. */
export type Turned = Readonly<Record<string, unknown>>;

/** Words, and for how many chunks they are said. */
export interface Said {
	readonly prompt: { readonly text: string };
	readonly chunks: number;
}

/** Cores that it computes on. */
const THREADS = 2;
export const SIZE = { width: 256, height: 256 };

/** `pocket` as a session runs it, in this process. */
export class PocketModel implements Player {
	readonly name = `256×256, CPU, ${THREADS} threads`;
	readonly #pipeline: Pipeline;
	readonly #values: (turned: Turned) => Record<string, unknown>;
	readonly #cache: string;
	readonly #signal = new AbortController().signal;

	private constructor(pipeline: Pipeline, values: (turned: Turned) => Record<string, unknown>, cache: string) {
		this.#pipeline = pipeline;
		this.#values = values;
		this.#cache = cache;
	}

	/** `turned` at opening. */
	static async open(turned: Turned = {}): Promise<PocketModel> {
		const definition = Object.values(pipelines)
			.flat()
			.find(({ id }) => id === "pocket");
		if (!definition) throw new Error("there is no pipeline called pocket");
		const values = (more: Turned) =>
			definition.params.parse({ ...SIZE, ...turned, ...more }) as Record<string, unknown>;
		const cache = await mkdtemp(join(tmpdir(), "mutoscope-"));
		const pool = new FramePool();
		const context = {
			params: values({}),
			compute: { provider: "cpu", threads: THREADS } as const,
			file: placeOf,
			frame: pool.take.bind(pool),
			picture: () => Promise.reject(new Error("there are no picture files here")),
			cache,
			progress: () => {},
			log: silent,
		};
		const pipeline = await definition.open(context, new AbortController().signal);
		return new PocketModel(pipeline as Pipeline, values, cache);
	}

	/** `input` is asked for the picture of each frame of the video that goes in, from 0, where the values want one. */
	async *play(
		parts: readonly Said[],
		seed: number,
		turned: Turned = {},
		input?: (frame: number) => Picture,
	): AsyncGenerator<readonly Picture[]> {
		this.#pipeline.reset?.();
		let chunk = 0;
		let taken = 0;
		for (const { prompt, chunks } of parts) {
			const values = this.#values({ prompt: [{ text: prompt.text, weight: 1 }], seed, ...turned });
			for (let i = 0; i < chunks; i++) {
				const wanted = this.#pipeline.demand?.(values).frames ?? 0;
				const frames = Array.from({ length: input ? wanted : 0 }, () => framed(input?.(taken++)));
				const turn = { chunk: chunk++, time: 0, elapsed: 0 };
				const made = await this.#pipeline.generate({ frames }, values, turn, this.#signal);
				const pictures = made.frames.map(({ size, data }) => ({ ...size, data: data.slice() }));
				for (const frame of made.frames) frame.close();
				yield pictures;
			}
		}
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.#pipeline[Symbol.asyncDispose]();
		await rm(this.#cache, { recursive: true, force: true });
	}
}

function framed(picture: Picture | undefined): Frame {
	if (!picture) throw new Error("a frame was wanted that nobody draws");
	const { width, height, data } = picture;
	return new Frame({ width, height }, data.slice());
}

/** All that it needs comes with the package. */
function placeOf({ repo, file, shipped }: Artifact): string {
	if (shipped === undefined) throw new Error(`${repo}/${file} does not come with the package`);
	return fileURLToPath(shipped);
}
