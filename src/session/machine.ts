import type { Artifact, MemoryNeed } from "../contract/artifact.ts";

/** What pipelines get to know of the machine that they run on. */
export interface Machine {
	/** Where a fetched file lies. Throws `artifact/missing`. */
	file(artifact: Artifact): string;
	/** Memory that is free now; `device` only where an accelerator has memory of its own and says how much. */
	room(): Promise<MemoryNeed>;
}
