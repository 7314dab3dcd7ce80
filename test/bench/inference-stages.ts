import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipelines } from "../../pipelines/index.ts";
import type { Artifact } from "../../src/contract/artifact.ts";
import { Frame } from "../../src/media/frame.ts";
import { FramePool } from "../../src/media/pool.ts";
import { defaultsOf, jsonSchemaOf, paramsOf } from "../../src/params/schema.ts";
import { silent } from "../../src/testing/clause.ts";
import { raftShapes } from "../pipelines/optical-flow/shapes.ts";
import { rifeShapes } from "../pipelines/rife/shapes.ts";
import { scribbleShapes } from "../pipelines/scribble/shapes.ts";
import { madeDepth } from "../pipelines/video-depth-anything/weights.ts";
import { writeMade } from "../pipelines/wan/weights.ts";
import type { Emit } from "./emit.ts";

const SIZE = { width: 512, height: 512 };
const RUNS = 4;

/** Pre- and postprocessors: what a frame costs on one thread. Weights are made up: they take as long as others. */
export async function stageFigures(emit: Emit): Promise<void> {
	const folder = await mkdtemp(join(tmpdir(), "mutoscope-"));
	try {
		const write = async (name: string, shapes: Parameters<typeof writeMade>[1]): Promise<string> => {
			const file = join(folder, `${name}.safetensors`);
			await writeMade(file, shapes);
			return file;
		};
		const files = {
			gray: "",
			scribble: await write("scribble", scribbleShapes()),
			"optical-flow": await write("raft", raftShapes("small")),
			"video-depth-anything": await madeDepth(folder),
			rife: await write("rife", rifeShapes()),
		};
		for (const [id, file] of Object.entries(files)) await stage(emit, id, () => file);
	} finally {
		await rm(folder, { recursive: true });
	}
}

async function stage(emit: Emit, id: string, file: (artifact: Artifact) => string): Promise<void> {
	const [definition] = pipelines[id] ?? [];
	if (!definition) throw new Error(`there is no pipeline ${id}`);
	const values = defaultsOf(paramsOf(jsonSchemaOf(definition.params)));
	const pool = new FramePool();
	const { signal } = new AbortController();
	const context = {
		params: values,
		compute: { provider: "cpu", threads: 1 } as const,
		file,
		frame: pool.take.bind(pool),
		picture: () => Promise.reject(new Error("there are no pictures here")),
		cache: "",
		progress: () => {},
		log: silent,
	};
	await using pipeline = await definition.open(context, signal);
	const times: number[] = [];
	// The first frames load the model for their size, and have nothing before them.
	for (let chunk = -2; chunk < RUNS; chunk++) {
		const frames = [drawn(chunk)];
		const began = performance.now();
		const made = await pipeline.generate({ frames }, values, { chunk: chunk + 2, time: 0, elapsed: 0 }, signal);
		if (chunk >= 0) times.push(performance.now() - began);
		for (const frame of made.frames) frame.close();
	}
	const median = times.sort((a, b) => a - b)[RUNS >> 1] as number;
	emit({ name: `${id}, a frame`, value: median, unit: "ms", conditions: "512×512, defaults, one thread, median" });
}

function drawn(seed: number): Frame {
	const bytes = new Uint8Array(SIZE.width * SIZE.height * 4);
	for (let i = 0; i < bytes.length; i++) bytes[i] = i % 4 === 3 ? 255 : (i * 7 + (i >> 11) * 5 + seed * 31) & 255;
	return new Frame(SIZE, bytes);
}
