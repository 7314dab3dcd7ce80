import type { Artifact, MemoryNeed } from "../contract/artifact.ts";
import type { ComputeChoice } from "../contract/compute.ts";
import type { Frame } from "../media/frame.ts";

/** What pipelines get to know of the machine that they run on. */
export interface Machine {
	/** What models are to compute on. */
	readonly compute: ComputeChoice;
	/** Where a fetched file lies. Throws `artifact/missing`. */
	file(artifact: Artifact): string;
	/** The first picture of a file. Throws `source/unreadable`. */
	picture(path: string, signal: AbortSignal): Promise<Frame>;
	/** Folder of what can be made again; each pipeline has one of its name in it. */
	readonly cache: string;
	/** Memory that is free now; `device` only where an accelerator has memory of its own and says how much. */
	room(): Promise<MemoryNeed>;
}
