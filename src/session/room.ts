import { bytes } from "../base/bytes.ts";
import { MutoscopeError } from "../base/errors.ts";
import type { MemoryNeed } from "../contract/artifact.ts";
import type { Machine } from "./machine.ts";

/**
 * Throws `pipeline/memory`, with the numbers, when `need` is more than what is free; `freed` counts as free, since it is
 * about to be.
 */
export async function requireRoom(
	pipeline: string,
	need: MemoryNeed | undefined,
	machine: Machine,
	freed: readonly MemoryNeed[] = [],
): Promise<void> {
	if (!need) return;
	const room = await machine.room();
	for (const place of ["host", "device"] as const) {
		const [needed, free] = [need[place], room[place]];
		if (needed === undefined || free === undefined) continue;
		if (needed <= freed.reduce((sum, each) => sum + (each[place] ?? 0), free)) continue;
		throw new MutoscopeError("pipeline/memory", {
			pipeline,
			place: place === "host" ? "main" : "video",
			needed: bytes(needed),
			free: bytes(free),
		});
	}
}
