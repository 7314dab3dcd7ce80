import type { Artifact } from "../contract/artifact.ts";

/** Those files that are needed while parameters, by relative address, have these values. */
export function neededUnder(artifacts: readonly Artifact[], valueAt: (address: string) => unknown): Artifact[] {
	return artifacts.filter(({ when = {} }) =>
		Object.entries(when).every(([address, values]) => values.some((value) => value === valueAt(address))),
	);
}
