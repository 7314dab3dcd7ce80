import { readdirSync } from "node:fs";
import type { Artifact } from "mutoscope/sdk";

/** The model that lies in the package, once: what was built reads it where the sources lie. */
const FOLDER = new URL(
	import.meta.url.endsWith(".ts") ? "./pocket/" : "../../../pipelines/wan/pocket/",
	import.meta.url,
);

/** A file of Pocket. */
export function pocket(file: string): Artifact {
	return { repo: "mutoscope/pocket", file, shipped: new URL(file, FOLDER).href };
}

/** The adapters that lie beside it, as `pocket/<name>` among those of the LoRA folder. */
export function pocketLoras(): readonly Artifact[] {
	return namesIn(new URL("loras/", FOLDER))
		.filter((name) => name.endsWith(".safetensors"))
		.sort()
		.map((name) => ({ repo: "lora", file: `pocket/${name}`, shipped: new URL(`loras/${name}`, FOLDER).href }));
}

function namesIn(folder: URL): readonly string[] {
	try {
		return readdirSync(folder);
	} catch {
		// A package that is not whole is told of where the weights are missed.
		return [];
	}
}
