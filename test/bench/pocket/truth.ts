import { readFile, writeFile } from "node:fs/promises";
import type { Emit } from "../emit.ts";

const FILE = new URL("truth.json", import.meta.url);

/** What the measures said of the world itself, by figure: the most that they can say of a model. */
export type Truth = Readonly<Record<string, number>>;

/** As it was last measured. */
export async function readTruth(): Promise<Truth> {
	return JSON.parse(await readFile(FILE, "utf8")) as Truth;
}

/** Writes it anew; figures that were not measured this time stay. */
export async function writeTruth(before: Truth, measured: Truth): Promise<void> {
	await writeFile(FILE, `${JSON.stringify({ ...before, ...measured }, undefined, "\t")}\n`);
}

/** Says beside each figure what the world itself has. */
export function beside(truth: Truth, emit: Emit): Emit {
	return (figure) => {
		const whole = truth[figure.name];
		const conditions = whole === undefined ? "" : `; the world itself: ${whole} ${figure.unit}`;
		emit({ ...figure, conditions: `${figure.conditions}${conditions}` });
	};
}
