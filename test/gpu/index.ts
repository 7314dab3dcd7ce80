// npm run gpu -- --provider cuda|webgpu|cpu [--library FILE] [--out FILE] [--tiny] [--only golden,pipelines,transfer,eager]
// [--pipelines longlive,…] [--sizes 576x320,…] [--chunks 5] [--models FOLDER]: measures what a graphics card makes of our models.
// Prints a line of JSON for each figure, and a table at the end. Models are written to FOLDER once, or to a temporary folder.
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import * as z from "zod";
import { runNode } from "./child.ts";
import { eager } from "./eager.ts";
import { goldenLines } from "./golden.ts";
import { type Line, markdown } from "./line.ts";
import { conditions } from "./machine.ts";
import { writeModels } from "./models.ts";
import type { Asked } from "./play.ts";
import { transfers } from "./transfer.ts";

const PARTS = ["golden", "pipelines", "transfer", "eager"] as const;
const PIPELINES = ["longlive", "streamdiffusionv2", "reward-forcing", "memflow"] as const;

const { values } = parseArgs({
	options: {
		provider: { type: "string", default: "cuda" },
		library: { type: "string" },
		out: { type: "string" },
		tiny: { type: "boolean", default: false },
		only: { type: "string", default: PARTS.join() },
		pipelines: { type: "string", default: PIPELINES.join() },
		sizes: { type: "string" },
		chunks: { type: "string", default: "5" },
		models: { type: "string" },
	},
});
const list = <T extends string>(text: string, known: readonly [T, ...T[]]) =>
	z.array(z.enum(known)).parse(text.split(","));
const provider = z.enum(["cpu", "cuda", "webgpu"]).parse(values.provider);
const only = new Set(list(values.only, PARTS));
const pipelines = list(values.pipelines, PIPELINES);
// A processor would take hours for the full shapes.
const tiny = values.tiny || provider === "cpu";
const sizes = (values.sizes ?? (tiny ? "64x32" : "576x320,512x512")).split(",").map((size) => {
	const [width, height] = size.split("x").map((side) => z.coerce.number().int().multipleOf(16).parse(side));
	return { width: width as number, height: height as number };
});
const chunks = z.coerce.number().int().min(1).parse(values.chunks);
const library = values.library === undefined ? {} : { library: values.library };

const lines: Line[] = [];
const emit = (line: Line): void => {
	lines.push(line);
	process.stdout.write(`${JSON.stringify(line)}\n`);
};

emit({ kind: "conditions", of: conditions(values.library, tiny) });
if (only.has("golden")) for await (const line of goldenLines(provider, values.library)) emit(line);
if (only.has("transfer")) for await (const line of transfers({ provider, ...library })) emit(line);
if (only.has("pipelines")) await pipelinesIn(values.models);
if (only.has("eager")) for await (const line of eager({ pipelines, sizes, chunks, tiny })) emit(line);

const report = markdown(lines);
process.stdout.write(`\n${report}\n`);
if (values.out !== undefined) await writeFile(values.out, `${report}\n`);

async function pipelinesIn(kept: string | undefined): Promise<void> {
	const folder = kept ?? (await mkdtemp(join(tmpdir(), "mutoscope-models-")));
	try {
		if (!existsSync(join(folder, "tokenizer.json"))) await writeModels(folder, tiny);
		for (const size of sizes) {
			for (const pipeline of pipelines) await playOne({ pipeline, size, provider, chunks, models: folder, ...library });
		}
	} finally {
		if (kept === undefined) await rm(folder, { recursive: true, force: true });
	}
}

async function playOne(asked: Asked & { readonly models: string }): Promise<void> {
	let heard = 0;
	const program = new URL("./play.child.ts", import.meta.url);
	const { code, words } = await runNode(program, [JSON.stringify(asked)], (line) => {
		heard++;
		emit(JSON.parse(line));
	});
	if (code === 0 && heard > 0) return;
	const size = `${asked.size.width}x${asked.size.height}`;
	const failed = words.trim().slice(-400).replace(/\s+/g, " ");
	emit({
		kind: "pipeline",
		pipeline: asked.pipeline,
		by: `ONNX Runtime ${provider}`,
		size,
		mode: "text",
		steps: 0,
		failed,
	});
}
