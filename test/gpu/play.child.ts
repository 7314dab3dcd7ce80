/**
 * Plays one pipeline with random weights and prints a line of JSON for each mode: `play.child.ts ASKED`, as JSON. A process
 * of its own, so that memory is its own, and a driver that ends it ends nothing else.
 *
 * @module
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { VARIANTS } from "../../pipelines/wan/variants.ts";
import { modelFile } from "./models.ts";
import { type Asked, played } from "./play.ts";

const { models, ...asked }: Asked & { readonly models: string } = JSON.parse(process.argv[2] ?? "");
const variant = VARIANTS.find(({ id }) => id === asked.pipeline);
if (!variant) throw new RangeError(`there is no pipeline ${asked.pipeline}`);
const cache = await mkdtemp(join(tmpdir(), "mutoscope-gpu-"));
try {
	for await (const line of played(variant, { ...asked, cache, file: modelFile(models) })) {
		process.stdout.write(`${JSON.stringify(line)}\n`);
	}
} finally {
	await rm(cache, { recursive: true, force: true });
}
process.exit();
