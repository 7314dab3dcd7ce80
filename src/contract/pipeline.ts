import type * as z from "zod";
import type { Size } from "../base/geometry.ts";
import type { Log } from "../base/log.ts";
import type { Frame, FrameOptions } from "../media/frame.ts";
import type { ParamsSchema } from "../params/meta.ts";
import type { Artifact, LoadingStage, MemoryNeed } from "./artifact.ts";
import type { ComputeChoice } from "./compute.ts";
import type { RealTime } from "./real-time.ts";

/** Frames that are made together in one go. */
export interface Chunk {
	/** Oldest first. Whoever receives a chunk closes its frames. */
	readonly frames: readonly Frame[];
}

/** What a pipeline asks of the source before a chunk. */
export interface Demand {
	/** How many source frames go into the chunk; 0 for none. */
	readonly frames: number;
	/** Whether to wait for them. Otherwise it gets what there is, at most `frames`, perhaps none. */
	readonly wait: boolean;
}

/** What a pipeline may know while it makes a chunk. */
export interface Turn {
	/** Index of the chunk since the session began. */
	readonly chunk: number;
	/** Seconds since the session began. */
	readonly time: number;
	/** Seconds since the last chunk was begun, 0 at the first. */
	readonly elapsed: number;
	/** The values as the hand has set them, before plugins moved them: what a hand would cut with, a plugin should not. */
	readonly hand?: Readonly<Record<string, unknown>>;
}

/** A pipeline that was opened: loaded, warm, ready to make chunks. It may be closed twice. */
export interface Pipeline<P = Record<string, unknown>> extends AsyncDisposable {
	/** What it asks of the source for these values. A preprocessor or generator without input asks for nothing. */
	demand?(values: P): Demand;
	/** The size it wants source frames in; any size, unfitted, if it has none. */
	readonly input?: Size;
	/**
	 * How many frames it means to show per second for these values. Frames are played at this rate, or as fast as they
	 * are made if that is less. Without it each frame is shown at once: the source sets the rate.
	 */
	rate?(values: P): number;
	/**
	 * Makes the next chunk. Closes the frames of `input`, or hands them on.
	 *
	 * `values` are those at the beginning of the chunk; a trigger is `true` in the first chunk after it was fired. Ends soon
	 * after `signal` aborts, by throwing its reason.
	 */
	generate(input: Chunk, values: P, turn: Turn, signal: AbortSignal): Promise<Chunk> | Chunk;
	/** Forgets the past, so that the next chunk begins as new. Called between two chunks. */
	reset?(): void;
}

/** What a pipeline is given when it opens. */
export interface PipelineContext<P> {
	/** Values at the moment of opening, in range; those marked `apply: "reload"` hold until it is opened again. */
	readonly params: P;
	/** A frame to write into; its pixels are whatever they were. */
	frame(size: Size, options?: Omit<FrameOptions, "release">): Frame;
	/** What its models are to compute on. */
	readonly compute: ComputeChoice;
	/** Where a file that it needs lies on this machine. Throws `artifact/missing` if it was not fetched. */
	file(artifact: Artifact): string;
	/**
	 * The first picture of a file of this machine, of any kind that FFmpeg reads. The caller closes it. Throws
	 * `source/unreadable`.
	 */
	picture(path: string, signal: AbortSignal): Promise<Frame>;
	/** Folder of its own for what can be made again: it may be emptied at any time, and need not be there yet. */
	readonly cache: string;
	/** Says how far loading has got; the page and `pipeline/status` show it. */
	progress(loading: LoadingStage): void;
	readonly log: Log;
}

/** A way to make pictures: what a guest exports, made with `definePipeline`. */
export interface PipelineDefinition<S extends ParamsSchema = ParamsSchema> {
	readonly kind: "pipeline";
	/** Unique name in lower case: `cellular-automata`. */
	readonly id: string;
	readonly title: string;
	readonly description: string;
	/** Where the idea comes from: authors, year, arXiv number or page. */
	readonly source: string;
	/** Whether it makes pictures of nothing, of video, or either. The first is its default. */
	readonly modes: readonly ("text" | "video")[];
	/** That it can stand before or after another pipeline and change its frames, as `/stage/<id>`; it asks for frames then. */
	readonly usage?: readonly ("preprocessor" | "postprocessor")[];
	readonly params: S;
	/** Files that it needs to open. */
	readonly artifacts?: readonly Artifact[];
	/**
	 * What else of the values it is opened with, besides those marked `apply: "reload"`, as plain data: once it is another,
	 * the pipeline is opened anew.
	 */
	opensWith?(values: z.output<S>): unknown;
	/** How it keeps up: measured when it is first opened, with nothing else playing, and remembered. It has `/width` and `/height`. */
	readonly realTime?: RealTime;
	/** Memory that it takes under these values, its files apart. It is not opened where there is less. */
	memory?(values: z.output<S>): MemoryNeed;
	/**
	 * Opens it. Throws `MutoscopeError` for what a person can mend; the signal's reason once that has aborted, which it does
	 * when something else is wanted meanwhile. Another instance may be playing.
	 */
	open(context: PipelineContext<z.output<S>>, signal: AbortSignal): Promise<Pipeline<z.output<S>>>;
}

/** Declares a pipeline. Returns what it is given, with types. */
export function definePipeline<S extends ParamsSchema>(
	definition: Omit<PipelineDefinition<S>, "kind">,
): PipelineDefinition<S> {
	return { kind: "pipeline", ...definition };
}
