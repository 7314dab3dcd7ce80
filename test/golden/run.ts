// npm run golden -- [DIR …] [--provider cuda] [--dtype bfloat16]: runs golden cases, one line an output. Exit 0 only if all are right.
import { parseArgs } from "node:util";
import { Engine } from "mutoscope/inference";
import * as z from "zod";
import { formatTally, runCases } from "./runner.ts";

const { positionals, values } = parseArgs({
	allowPositionals: true,
	options: {
		provider: { type: "string", default: "cpu" },
		dtype: { type: "string", default: "float32" },
		library: { type: "string" },
	},
});
const roots = positionals.length > 0 ? positionals : [new URL("data", import.meta.url).pathname];
const line = (text: string) => process.stdout.write(`${text}\n`);

const provider = z.enum(["cpu", "cuda", "tensorrt", "webgpu", "dml", "coreml"]).parse(values.provider);
// The limits are those of fp32; TF32, which CUDA would take for it, has ten bits of fraction.
await using engine = await Engine.open({
	provider,
	dtype: z.enum(["float32", "float16", "bfloat16"]).parse(values.dtype),
	...(values.library === undefined ? {} : { library: values.library }),
	...(provider === "cuda" ? { options: { use_tf32: "0" } } : {}),
});
for (const root of roots) {
	const tally = await runCases(root, engine, line);
	line(formatTally(tally));
	if (tally.cases === 0 || tally.rightCases < tally.cases) process.exitCode = 1;
}
