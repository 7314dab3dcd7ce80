import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Engine } from "mutoscope/inference";
import { CaseFolder } from "./case.ts";
import { type Compared, isRight } from "./compare.ts";
import { judged } from "./half.ts";
import { kinds } from "./registry.ts";

/** What became of a run over many folders. */
export interface Tally {
	/** Case folders found. */
	cases: number;
	/** Case folders that are right as a whole: run to the end, at least one output, no wrong one. */
	rightCases: number;
	/** Outputs compared. */
	outputs: number;
	/** Outputs within their limit. */
	right: number;
}

/** The case folders in a folder and below it, by path: those with a `config.json`, and empty ones, which are errors. */
export async function findCases(folder: string): Promise<readonly string[]> {
	const entries = await readdir(folder, { withFileTypes: true });
	if (entries.some(({ name }) => name === "config.json")) return [folder];
	const below = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
	if (below.length === 0) return [folder];
	return (await Promise.all(below.sort().map(findCases))).flat();
}

/**
 * Runs one case folder and yields its outputs. @throws if the folder cannot be read, if no kind knows its config, or
 * more than one does, or if nothing was compared.
 */
export async function* runCase(folder: CaseFolder, engine: Engine): AsyncGenerator<Compared> {
	const fitting = kinds.filter((kind) => kind.matches(folder.config));
	const [kind, second] = fitting;
	if (!kind) throw new Error("no kind of case knows this config.json");
	if (second) throw new Error(`more than one kind knows this config.json: ${kind.name}, ${second.name}`);
	let outputs = 0;
	for await (const compared of kind.run(folder, engine)) {
		outputs++;
		yield judged(compared, engine.provider.dtype);
	}
	if (outputs === 0) throw new Error("nothing was compared");
}

/** Runs every case folder under `root`, telling each output by a line, and counts. */
export async function runCases(root: string, engine: Engine, line: (text: string) => void): Promise<Tally> {
	const tally: Tally = { cases: 0, rightCases: 0, outputs: 0, right: 0 };
	for (const path of await findCases(root)) {
		tally.cases++;
		let wrong = 0;
		const name = basename(path);
		try {
			const folder = await CaseFolder.open(path);
			for await (const compared of runCase(folder, engine)) {
				tally.outputs++;
				if (isRight(compared)) tally.right++;
				else wrong++;
				line(formatCompared(name, compared));
			}
		} catch (error) {
			wrong++;
			const reason = error instanceof Error ? error.message : String(error);
			line(`${name} - - - FAIL (${reason.replace(/\s+/g, " ")})`);
		}
		if (wrong === 0) tally.rightCases++;
	}
	return tally;
}

/** The line of an output: case, output, largest difference, limit, verdict. */
export function formatCompared(name: string, compared: Compared): string {
	const { output, maxAbs, limit } = compared;
	return `${name} ${output} ${maxAbs.toExponential(2)} ${limit.toExponential(0)} ${isRight(compared) ? "ok" : "FAIL"}`;
}

/** The closing line of a run. */
export function formatTally({ cases, rightCases, outputs, right }: Tally): string {
	return `${rightCases} of ${cases} cases right; ${right} of ${outputs} outputs within their limits.`;
}
