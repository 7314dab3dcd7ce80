import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Engine, Weights } from "mutoscope/inference";
import { drawn, shapes, WAN_1_3B, WAN_14B } from "../src/inference/graph/wan-shaped.ts";
import { writeSparse } from "../src/inference/weights/sparse.ts";
import type { Emit } from "./emit.ts";

const ROUNDS = 5;

/**
 * Graphs of full size over files without contents: how much processor time it takes to build and to open them, and what they
 * cost in memory.
 */
export async function run(emit: Emit): Promise<void> {
	const folder = await mkdtemp(join(tmpdir(), "mutoscope-bench-"));
	try {
		await using engine = await Engine.open({ provider: "cpu" });
		for (const [title, sizes] of [
			["1.3B", WAN_1_3B],
			["14B", WAN_14B],
		] as const) {
			const file = join(folder, "weights.safetensors");
			await writeSparse(
				file,
				shapes(sizes).map(([name, shape]) => [name, "float32", shape]),
			);
			const conditions = `${title} shapes, fp32, ${sizes.layers} blocks, best of ${ROUNDS}`;
			const opened = await best(() => Weights.open(file));
			const built = await best(async () => drawn(sizes, await Weights.open(file), "fused", "float32").encode());
			emit({ name: `${title} weights opened`, value: opened.seconds * 1000, unit: "ms CPU", conditions });
			emit({
				name: `${title} graph built and written`,
				value: built.seconds * 1000,
				unit: "ms CPU",
				limit: 200,
				conditions,
			});
			emit({ name: `${title} graph`, value: built.result.byteLength / 1000, unit: "kB", conditions });
			const before = process.memoryUsage.rss();
			const graph = drawn(sizes, await Weights.open(file), "fused", "float32");
			const loaded = await best(async () => {
				await using model = await engine.model(graph, { prepack: false });
				return { name: model.name, memory: process.memoryUsage.rss() - before };
			});
			emit({ name: `${title} model loaded`, value: loaded.seconds * 1000, unit: "ms CPU", limit: 1000, conditions });
			emit({ name: `${title} memory of it`, value: loaded.result.memory / 1e6, unit: "MB", limit: 300, conditions });
		}
	} finally {
		await rm(folder, { recursive: true });
	}
}

async function best<T>(act: () => Promise<T>): Promise<{ seconds: number; result: T }> {
	let least = Number.POSITIVE_INFINITY;
	let result: T | undefined;
	for (let round = 0; round < ROUNDS; round++) {
		const start = process.cpuUsage();
		result = await act();
		const { user, system } = process.cpuUsage(start);
		least = Math.min(least, (user + system) / 1e6);
	}
	return { seconds: least, result: result as T };
}
