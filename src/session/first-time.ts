import { availableParallelism } from "node:os";
import type { Clock } from "../base/clock.ts";
import type { Size } from "../base/geometry.ts";
import { type Held, heldOf } from "../contract/real-time.ts";
import type { Stage } from "./stage.ts";

/** Chunks that are made, and how many of them do not count: the first of a model takes longer. */
const CHUNKS = 8;
const WARM = 2;
/** Seconds after which a slow one is known well enough. */
const LONG = 1;
/** A number of threads is another than usual if it takes at most this share of the time. */
const WORTH = 0.85;

/** How a pipeline is opened to be measured. */
export interface FirstTime {
	/** Opens it, on so many threads; on as many as usual if it is not said. */
	open(threads?: number): Promise<Stage>;
	/** Threads that were set by hand: no others are tried. */
	readonly threads: number | undefined;
	/** Of the machine. */
	readonly cores?: number;
	readonly clock: Clock;
	/** Runs something while nothing else is made. */
	alone<T>(run: () => Promise<T>): Promise<T>;
}

/**
 * Opens a pipeline and finds out what it holds here; nothing where it makes pictures of video only.
 *
 * Where the usual threads, which leave half of the machine to others, do not hold the best size, all are tried.
 */
export async function openFirst(
	{ open, threads, cores = availableParallelism(), clock, alone }: FirstTime,
	signal: AbortSignal,
): Promise<{ readonly stage: Stage; readonly held: Held | undefined }> {
	const stage = await open();
	const { realTime } = stage.wanted.definition;
	const measured = await alone(() => measure(stage, clock, signal));
	if (!measured || !realTime) return { stage, held: undefined };
	const held = heldOf(realTime, measured.size, measured.seconds);
	if (held.best || threads !== undefined || cores < 2) return { stage, held };
	await stage[Symbol.asyncDispose]();
	const other = await open(cores);
	const again = await alone(() => measure(other, clock, signal));
	const isWorth = again !== undefined && again.seconds < measured.seconds * WORTH;
	if (isWorth) return { stage: other, held: { ...heldOf(realTime, again.size, again.seconds), threads: cores } };
	await other[Symbol.asyncDispose]();
	return { stage: await open(), held };
}

/** How long a frame takes while nobody else is in the way, which is what the quicker chunks say. Closes the stage if that fails. */
async function measure(stage: Stage, clock: Clock, signal: AbortSignal) {
	const { pipeline, last: values } = stage;
	if ((pipeline.demand?.(values).frames ?? 0) > 0) return undefined;
	const taken: number[] = [];
	let size: Size | undefined;
	const from = clock();
	try {
		for (let chunk = 0; chunk < CHUNKS; chunk++) {
			const began = clock();
			const turn = { chunk, time: 0, elapsed: 0, hand: values };
			const { frames } = await pipeline.generate({ frames: [] }, values, turn, signal);
			taken.push((clock() - began) / Math.max(1, frames.length));
			size ??= frames[0]?.size;
			for (const frame of frames) frame.close();
			if (chunk >= WARM && clock() - from > LONG) break;
		}
	} catch (error) {
		await stage[Symbol.asyncDispose]();
		throw error;
	}
	pipeline.reset?.();
	const counted = taken.slice(WARM).sort((a, b) => a - b);
	const seconds = counted[Math.floor(counted.length / 4)];
	return size && seconds !== undefined ? { size, seconds } : undefined;
}
