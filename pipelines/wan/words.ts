import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Artifact, type Suggestions, suggestions } from "mutoscope/sdk";

/** The words that a model was trained on, of the file that came with it; `undefined` where that is missing or says otherwise. */
export function wordsIn({ shipped }: Artifact): Suggestions | undefined {
	if (shipped === undefined) return undefined;
	try {
		return suggestions.safeParse(JSON.parse(readFileSync(fileURLToPath(shipped), "utf8"))).data;
	} catch {
		return undefined; // words are only offered: any others can be typed
	}
}
