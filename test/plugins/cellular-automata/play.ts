import type { Params } from "../../../plugins/cellular-automata/params.ts";
import { params } from "../../../plugins/cellular-automata/params.ts";
import { pipeline } from "../../../plugins/cellular-automata/pipeline.ts";
import type { Log } from "../../../src/base/log.ts";
import type { Frame } from "../../../src/media/frame.ts";
import { FramePool } from "../../../src/media/pool.ts";

/** Values other than the defaults; those of a group may be given in part. */
export type Knobs = { readonly [K in keyof Params]?: Params[K] extends object ? Partial<Params[K]> : Params[K] };

/** All values, from some. */
export function valuesOf(knobs: Knobs = {}): Params {
	return params.parse(knobs);
}

/** A log that keeps its warnings. */
export function quietLog(warnings: string[] = []): Log {
	const log: Log = {
		debug: () => undefined,
		info: () => undefined,
		warn: (message) => void warnings.push(message),
		error: (message) => void warnings.push(message),
		with: () => log,
	};
	return log;
}

/** A pipeline that was opened by hand and plays as long as it is asked. */
export interface Player {
	/** Makes a frame with these values, from these frames. The caller closes it. */
	next(values: Params, input?: readonly Frame[]): Promise<Frame>;
	reset(): void;
	close(): Promise<void>;
}

/** Opens the pipeline as a session would. */
export async function open(values: Params, warnings: string[] = []): Promise<Player> {
	const pool = new FramePool();
	const signal = new AbortController().signal;
	const frame = pool.take.bind(pool);
	const opened = await pipeline.open(
		{
			params: values,
			frame,
			file: String,
			cache: "",
			compute: {},
			picture: () => Promise.reject(new Error("none")),
			progress: () => {},
			log: quietLog(warnings),
		},
		signal,
	);
	let chunk = 0;
	return {
		async next(now, input = []) {
			const turn = { chunk, time: chunk / now.fps, elapsed: 1 / now.fps };
			chunk++;
			const { frames } = await opened.generate({ frames: input }, now, turn, signal);
			return frames[0] as Frame;
		},
		reset: () => opened.reset?.(),
		close: async () => opened[Symbol.asyncDispose](),
	};
}
