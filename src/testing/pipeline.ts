import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MutoscopeError } from "../base/errors.ts";
import type { Artifact } from "../contract/artifact.ts";
import type { Demand, Pipeline, PipelineDefinition } from "../contract/pipeline.ts";
import type { Frame } from "../media/frame.ts";
import { defaultsOf, jsonSchemaOf, type Param, paramsOf, type Values, withValue } from "../params/schema.ts";
import { type Clause, CountingPool, checkFrame, picture, settles, silent, skipped } from "./clause.ts";

/** How a pipeline is tried. */
export interface PipelineTrial {
	/** Values by relative address that differ from the defaults: a small size, a tiny model. */
	readonly values?: Readonly<Record<string, number | string | boolean>>;
	/** Chunks to a run; 4 unless said. */
	readonly chunks?: number;
	/** Why the same values need not give the same pixels. */
	readonly random?: string;
	/** Where the files lie that it needs; there are none unless said. */
	readonly file?: (artifact: Artifact) => string;
}

/**
 * What every pipeline promises: parameters that can be turned as they say, the same pixels for the same values, an end
 * within a chunk of an abort, a fresh start after `reset`, and every frame given back.
 */
export function pipelineContract(definition: PipelineDefinition, trial: PipelineTrial = {}): Clause[] {
	const params = paramsOf(jsonSchemaOf(definition.params));
	const values = Object.entries(trial.values ?? {}).reduce<Values>((all, [address, value]) => {
		const param = params.find((param) => param.address === address);
		assert.ok(param, `there is no parameter at ${address}`);
		return withValue(all, param.path, value);
	}, defaultsOf(params));
	const chunks = trial.chunks ?? 4;
	const file = trial.file ?? nowhere;
	const run = (use: (stand: Stand) => Promise<void>) => () => withStand(definition, values, file, use);
	const same = "makes the same pixels of the same values and frames";
	const again = "begins as new after a reset";

	return [
		{
			name: "says what it is",
			async run() {
				assert.match(definition.id, /^[a-z][a-z0-9-]*$/);
				for (const text of [definition.title, definition.description, definition.source]) assert.notEqual(text, "");
				assert.ok(definition.modes.length > 0, "it has no mode");
				for (const { address, label } of params) assert.notEqual(label, "", `${address} has no label`);
			},
		},
		{
			name: "makes frames and asks for what it uses",
			run: run(async (stand) => {
				let frames = 0;
				for (let chunk = 0; chunk < chunks; chunk++) frames += (await stand.chunk(values)).length;
				assert.ok(frames > 0, `it made nothing in ${chunks} chunks`);
			}),
		},
		trial.random !== undefined
			? skipped(same, trial.random)
			: {
					name: same,
					async run() {
						const runs: string[][] = [];
						const keep = async (stand: Stand) => void runs.push(await stand.pixels(values, chunks));
						await withStand(definition, values, file, keep);
						await withStand(definition, values, file, keep);
						assert.deepEqual(runs[0], runs[1]);
					},
				},
		{
			name: again,
			run: run(async (stand) => {
				if (!stand.pipeline.reset) return;
				const before = await stand.pixels(values, chunks);
				stand.pipeline.reset();
				stand.rewind();
				const after = await stand.pixels(values, chunks);
				if (trial.random === undefined) assert.deepEqual(after, before);
			}),
		},
		{
			name: "takes every parameter at the ends of its range",
			run: run(async (stand) => {
				for (const param of params.filter(({ apply }) => apply === "chunk")) {
					for (const value of endsOf(param)) await stand.chunk(withValue(values, param.path, value));
				}
			}),
		},
		{
			name: "ends within a chunk of an abort",
			run: run(async (stand) => {
				const abort = new AbortController();
				const reason = new Error("enough");
				const making = stand.chunk(values, abort.signal);
				abort.abort(reason);
				await settles(making, reason);
				await settles(stand.chunk(values, abort.signal), reason);
			}),
		},
		{
			name: "may be closed twice",
			run: run(async ({ pipeline }) => {
				await pipeline[Symbol.asyncDispose]();
			}),
		},
	];
}

type Locate = (artifact: Artifact) => string;

const nowhere: Locate = ({ repo, file }) => {
	throw new MutoscopeError("artifact/missing", { repo, file });
};

/** A pipeline that is open, and what it is given. */
interface Stand {
	readonly pipeline: Pipeline;
	/** Makes the next chunk, checks and closes its frames. */
	chunk(values: Values, signal?: AbortSignal): Promise<readonly Frame[]>;
	/** The pixels of the next chunks' frames. */
	pixels(values: Values, chunks: number): Promise<string[]>;
	/** Turns and source frames begin anew. */
	rewind(): void;
}

/** Opens a pipeline, uses it, closes it, and sees to it that every frame was given back. */
async function withStand(
	definition: PipelineDefinition,
	values: Values,
	file: Locate,
	use: (stand: Stand) => Promise<void>,
) {
	const pool = new CountingPool();
	const { signal: calm } = new AbortController();
	const params = values as Record<string, unknown>;
	const cache = mkdtempSync(join(tmpdir(), "mutoscope-trial-"));
	const pictureOf = async (path: string): Promise<Frame> => {
		throw new MutoscopeError("source/unreadable", { source: path, reason: "there are no pictures here" });
	};
	const context = {
		params,
		compute: {},
		frame: pool.take,
		file,
		picture: pictureOf,
		cache,
		progress: () => {},
		log: silent,
	};
	const pipeline: Pipeline = await definition.open(context, calm);
	let chunk = 0;
	let given = 0;
	const make = async (values: Values, signal: AbortSignal, look: (frame: Frame) => void) => {
		const demand: Demand = pipeline.demand?.(values) ?? { frames: 0, wait: false };
		assert.ok(Number.isInteger(demand.frames) && demand.frames >= 0, `it demands ${demand.frames} frames`);
		const size = pipeline.input ?? { width: 64, height: 36 };
		const input = Array.from({ length: demand.frames }, () => given++).map((index) => {
			using frame = picture(index, size, { captured: 1 + index });
			const lent = pool.take(size, frame.stamp);
			lent.data.set(frame.data);
			return lent;
		});
		const turn = { chunk, time: chunk / 30, elapsed: chunk === 0 ? 0 : 1 / 30 };
		chunk++;
		try {
			const { frames } = await pipeline.generate({ frames: input }, values, turn, signal);
			for (const frame of frames) {
				checkFrame(frame);
				look(frame);
				frame.close();
			}
			return frames;
		} catch (error) {
			for (const frame of input) frame.close();
			throw error;
		}
	};
	try {
		await use({
			pipeline,
			chunk: (values, signal = calm) => make(values, signal, () => {}),
			async pixels(values, chunks) {
				const all: string[] = [];
				const look = ({ size, data }: Frame) => {
					all.push(`${size.width}×${size.height} ${Buffer.from(data).toString("base64")}`);
				};
				for (let i = 0; i < chunks; i++) await make(values, calm, look);
				return all;
			},
			rewind() {
				chunk = 0;
				given = 0;
			},
		});
	} finally {
		await pipeline[Symbol.asyncDispose]();
		rmSync(cache, { recursive: true, force: true });
	}
	pool.settle();
}

function endsOf({ type, min, max, choices, maxLength }: Param): readonly (string | number | boolean | number[])[] {
	if (type === "trigger" || type === "boolean") return [true, false];
	if (type === "enum") return choices ?? [];
	if (type === "string") return ["", "x".repeat(Math.min(maxLength ?? 100, 100))];
	const ends = [min, max].filter((end) => end !== undefined);
	return type === "numbers" ? ends.map((end) => [end]) : ends;
}
