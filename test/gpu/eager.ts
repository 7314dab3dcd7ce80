import { fileURLToPath } from "node:url";
import type { Size } from "mutoscope/sdk";
import { makingOf } from "../../pipelines/wan/making.ts";
import { cleanPrompt } from "../../pipelines/wan/text/clean.ts";
import { Tokenizer } from "../../pipelines/wan/text/tokenizer.ts";
import { VARIANTS } from "../../pipelines/wan/variants.ts";
import { runChild } from "./child.ts";
import type { Played } from "./line.ts";
import { torch } from "./machine.ts";
import { PROMPT, TOKENS } from "./models.ts";

const PROGRAM = fileURLToPath(new URL("eager/play.py", import.meta.url));

/** The same shapes in PyTorch, eager, in bf16: our own plain code. Nothing where Python has no PyTorch. */
export async function* eager(asked: {
	readonly pipelines: readonly string[];
	readonly sizes: readonly Size[];
	readonly chunks: number;
	readonly tiny: boolean;
}): AsyncIterable<Played> {
	if (torch() === undefined) return;
	const tokenizer = await Tokenizer.open(fileURLToPath(TOKENS));
	const [tokens] = tokenizer.batch([cleanPrompt(PROMPT)], asked.tiny ? 16 : 512).lengths;
	for (const size of asked.sizes) {
		for (const variant of VARIANTS.filter(({ id }) => asked.pipelines.includes(id))) {
			const { policy, rollout } = makingOf(variant);
			const spec = {
				pipeline: variant.id,
				...size,
				window: policy.window,
				chunk: rollout.chunk,
				modes: { text: variant.text.steps.length, video: variant.video.steps.length },
				chunks: asked.chunks,
				tiny: asked.tiny,
				tokens,
			};
			const heard: Played[] = [];
			const { code, words } = await runChild("python3", [PROGRAM, JSON.stringify(spec)], (line) => {
				heard.push(JSON.parse(line));
			});
			yield* heard;
			if (code === 0) continue;
			const failed = words.trim().slice(-400).replace(/\s+/g, " ");
			const by = "PyTorch eager, bfloat16";
			const where = { pipeline: variant.id, size: `${size.width}x${size.height}` } as const;
			yield { kind: "pipeline", ...where, by, mode: "text", steps: variant.text.steps.length, failed };
		}
	}
}
