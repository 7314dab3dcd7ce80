/**
 * Tries a provider in a process of its own: `child.ts CANDIDATE`, as JSON. Sends what came of it, and ends.
 *
 * @module
 */
import type { Candidate } from "./probe.ts";
import { tryProvider } from "./trial.ts";

const trial = await tryProvider(JSON.parse(process.argv[2] ?? "{}") as Candidate);
process.send?.(trial, () => process.exit(0));
