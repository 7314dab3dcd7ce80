import { createHash } from "node:crypto";
import { PocketModel } from "./model.ts";
import { seedOf } from "./places.ts";
import type { Prompt } from "./prompts.ts";

const CHUNKS = 6;

/** SHA-256 of the pixels of a stream of a model that is opened for it. */
export async function hashOf(prompt: Prompt): Promise<string> {
	await using model = await PocketModel.open();
	const hash = createHash("sha256");
	for await (const pictures of model.play([{ prompt, chunks: CHUNKS }], seedOf(0))) {
		for (const { data } of pictures) hash.update(data);
	}
	return hash.digest("hex");
}
