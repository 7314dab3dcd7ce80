import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { Engine, Graph, type Tensor, Weights, writeSafetensors } from "../../src/inference/index.ts";
import type { Emit } from "./emit.ts";

const RUNS = 1000;
/** Keys of two caches of which one is 16 times the other: 4 heads of 64. */
const SMALL = 2048;
const LARGE = 32_768;
const UPDATE = 256;

/** What the engine itself costs: calls, updates in place, the event loop, memory. */
export async function engineFigures(emit: Emit): Promise<void> {
	await using engine = await Engine.open({ provider: "cpu", threads: 1 });
	await calls(engine, emit);
	await updates(engine, emit);
	await eventLoop(engine, emit);
	await memory(engine, emit);
	await sharing(engine, emit);
	await product(engine, emit);
}

async function calls(engine: Engine, emit: Emit): Promise<void> {
	const graph = new Graph("tiny");
	graph.output("y", graph.add(graph.input("x", "float32", [4]), graph.scalar(1)));
	await using model = await engine.model(graph);
	using x = engine.tensor("float32", [4]);
	using y = engine.tensor("float32", [4]);
	const call = await medianOf(20, async () => {
		for (let i = 0; i < 200; i++) await model.run({ x }, { y });
	});
	emit({ name: "call of a tiny graph", value: (call / 200) * 1000, unit: "µs", conditions: "bound output, median" });
	const made = await medianOf(20, async () => {
		for (let i = 0; i < 200; i++) (await model.run({ x })).y?.dispose();
	});
	emit({
		name: "call of a tiny graph that makes its output",
		value: (made / 200) * 1000,
		unit: "µs",
		conditions: "output disposed of, median",
	});
}

/** Writes 256 keys into a cache where it lies: the time must not grow with the cache. */
async function updates(engine: Engine, emit: Emit): Promise<void> {
	const times: number[] = [];
	for (const length of [SMALL, LARGE]) {
		const graph = new Graph("cache");
		const cache = graph.input("cache", "float32", [length, 256]);
		const rows = graph.input("rows", "float32", [UPDATE, 256]);
		graph.output("next", graph.scatterND(cache, graph.input("at", "int64", [UPDATE, 1]), rows));
		await using model = await engine.model(graph);
		using memory = engine.deviceTensor("float32", [length, 256]);
		using update = engine.tensor("float32", [UPDATE, 256]);
		using at = engine.tensor(
			"int64",
			[UPDATE, 1],
			Array.from({ length: UPDATE }, (_, i) => (i * 7) % length),
		);
		const time = await medianOf(200, async () => {
			await model.run({ cache: memory, rows: update, at }, { next: memory });
		});
		times.push(time);
		emit({
			name: `update of a cache of ${length} keys`,
			value: time * 1000,
			unit: "µs",
			conditions: `${UPDATE} keys of 4 heads of 64, ScatterND in place, ${(length * 1024) / 2 ** 20} MiB, median`,
		});
	}
	emit({
		name: "update of a cache 16 times as large",
		value: (times[1] as number) / (times[0] as number),
		unit: "times",
		limit: 1.5,
		conditions: "of the time for the smaller one",
	});
}

/** A chain of products with bounded numbers: some 100 ms a run on one thread. */
function chain(edge: number, links: number): Graph {
	const graph = new Graph("chain");
	const x = graph.input("x", "float32", [edge, edge]);
	let y = x;
	for (let i = 0; i < links; i++) y = graph.clip(graph.matmul(y, x), -1, 1);
	graph.output("y", y);
	return graph;
}

async function eventLoop(engine: Engine, emit: Emit): Promise<void> {
	await using model = await engine.model(chain(768, 20));
	using x = engine.tensor("float32", [768, 768]);
	using y = engine.tensor("float32", [768, 768]);
	await model.run({ x }, { y });
	const rest = await delayDuring(() => sleep(20));
	let runs = 0;
	const delay = await delayDuring(async () => {
		await model.run({ x }, { y });
		runs++;
	});
	emit({
		name: "event loop delay p99 while a model runs",
		value: delay,
		unit: "ms",
		limit: 5,
		conditions: `${runs} runs in 4 s, one thread, outputs bound; ${rest.toFixed(1)} ms at rest`,
	});
}

/** The delay of the event loop that 99 of 100 turns stay under, while something is done again and again for 4 s. */
async function delayDuring(act: () => Promise<unknown>): Promise<number> {
	const delay = monitorEventLoopDelay({ resolution: 1 });
	delay.enable();
	for (const begun = performance.now(); performance.now() - begun < 4000; ) await act();
	delay.disable();
	// The monitor counts its own interval of 1 ms.
	return delay.percentile(99) / 1e6 - 1;
}

async function memory(engine: Engine, emit: Emit): Promise<void> {
	await using model = await engine.model(chain(128, 4));
	const once = async () => {
		using x = engine.tensor("float32", [128, 128]);
		const { y } = (await model.run({ x })) as { y: Tensor };
		y.dispose();
	};
	// V8 takes and gives back tens of MiB as it likes: the least of four rounds, without its heap, is compared with four more.
	const least = async (): Promise<number> => {
		const found: number[] = [];
		for (let round = 0; round < 4; round++) {
			for (let i = 0; i < RUNS; i++) await once();
			globalThis.gc?.();
			const { rss, heapTotal } = process.memoryUsage();
			found.push(rss - heapTotal);
		}
		return Math.min(...found);
	};
	await least();
	const before = await least();
	emit({
		name: `memory that ${4 * RUNS} runs leave behind`,
		value: ((await least()) - before) / 2 ** 20,
		unit: "MiB",
		limit: 8,
		conditions: `after ${8 * RUNS} runs; inputs made and outputs disposed of each time; without V8's heap`,
	});
}

/** Loads two models over the same weights, which the CPU keeps packed besides. */
async function sharing(engine: Engine, emit: Emit): Promise<void> {
	const edge = 4096;
	const folder = mkdtempSync(join(tmpdir(), "mutoscope-bench-"));
	try {
		const file = join(folder, "wide.safetensors");
		const data = Float32Array.from({ length: edge * edge }, (_, i) => Math.sin(i));
		await writeSafetensors(file, { wide: { dtype: "float32", shape: [edge, edge], data } });
		const graph = new Graph("wide");
		const wide = graph.weight((await Weights.open(file)).get("wide"));
		graph.output("y", graph.matmul(graph.input("x", "float32", ["rows", edge]), wide));
		using shared = engine.tensor("float32", [edge, edge], data);
		const weights = new Map([[wide.name, shared]]);
		await using _first = await engine.model(graph, { weights });
		const before = process.memoryUsage().rss;
		await using _second = await engine.model(graph, { weights });
		emit({
			name: "memory that a second model of the same weights takes",
			value: (process.memoryUsage().rss - before) / 2 ** 20,
			unit: "MiB",
			limit: 8,
			conditions: `${(edge * edge * 4) / 2 ** 20} MiB of weights, lent and packed`,
		});
	} finally {
		rmSync(folder, { recursive: true });
	}
}

/** The machine's own limit, beside which the times of models are to be read. */
async function product(engine: Engine, emit: Emit): Promise<void> {
	const graph = new Graph("product");
	const x = graph.input("x", "float32", [1536, 1536]);
	graph.output("y", graph.matmul(x, x));
	await using model = await engine.model(graph);
	using a = engine.tensor("float32", [1536, 1536]);
	using y = engine.tensor("float32", [1536, 1536]);
	let best = Number.POSITIVE_INFINITY;
	for (let i = 0; i < 12; i++) {
		const before = process.cpuUsage();
		await model.run({ x: a }, { y });
		const { user, system } = process.cpuUsage(before);
		best = Math.min(best, user + system);
	}
	emit({
		name: "product of two matrices",
		value: (2 * 1536 ** 3) / best / 1000,
		unit: "GFLOP/s",
		better: "more",
		conditions: "float32, 1536³, one thread, CPU time, best of 12",
	});
}

async function medianOf(times: number, act: () => Promise<void>): Promise<number> {
	const found: number[] = [];
	for (let i = 0; i < times; i++) {
		const begun = performance.now();
		await act();
		found.push(performance.now() - begun);
	}
	return found.sort((a, b) => a - b)[Math.floor(times / 2)] as number;
}
