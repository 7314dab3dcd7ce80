import type { DType, ProviderId } from "mutoscope/inference";
import { PROVIDERS } from "../../src/inference/providers/table.ts";
import { runNode } from "./child.ts";
import type { GoldenLine } from "./line.ts";

/** The golden cases in every type that a provider computes in, the most exact first. Half precision has limits of its own. */
export async function* goldenLines(provider: ProviderId, library: string | undefined): AsyncIterable<GoldenLine> {
	const known = new Set(PROVIDERS[provider].ways.map(({ dtype }) => dtype));
	const exact: readonly DType[] = ["float32", "float16", "bfloat16"];
	for (const dtype of exact.filter((dtype) => known.has(dtype))) {
		const wrong: string[] = [];
		let tally = "";
		const args = ["--provider", provider, "--dtype", dtype, ...(library === undefined ? [] : ["--library", library])];
		const { words } = await runNode(new URL("../golden/run.ts", import.meta.url), args, (line) => {
			if (/ FAIL\b/.test(line)) wrong.push(line);
			else if (/ cases right;/.test(line)) tally = line;
		});
		yield {
			kind: "golden",
			by: `ONNX Runtime ${provider}, ${dtype}`,
			tally: tally || `it did not end: ${words.trim().slice(-400).replace(/\s+/g, " ")}`,
			wrong,
		};
	}
}
