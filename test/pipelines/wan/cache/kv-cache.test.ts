import type { Engine } from "mutoscope/inference";
import { afterAll, beforeAll, expect, test } from "vitest";
import { krea } from "../../../../pipelines/wan/policy/krea.ts";
import { longLive } from "../../../../pipelines/wan/policy/longlive.ts";
import { memFlow } from "../../../../pipelines/wan/policy/memflow.ts";
import type { Policy } from "../../../../pipelines/wan/policy/plan.ts";
import { rewardForcing } from "../../../../pipelines/wan/policy/reward-forcing.ts";
import { sliding } from "../../../../pipelines/wan/policy/sliding.ts";
import { apart, type Bench, denoising, openBench } from "../dit/open.ts";

let bench: Bench;
beforeAll(async () => {
	bench = await openBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

const BANK = { size: 2, interval: 1, record: "always", chunk: 3 } as const;
const policies: readonly (readonly [string, Policy])[] = [
	["LongLive", longLive({ window: 7, sink: 1 })],
	["a sliding window", sliding({ window: 6, sink: 3 })],
	["a window that attends to less than it holds", sliding({ window: 9, sink: 0, attend: 4 })],
	["Reward Forcing", rewardForcing({ window: 6, sink: 3 })],
	["Reward Forcing, where one frame leaves", rewardForcing({ window: 7, sink: 3 })],
	["Krea Realtime", krea({ window: 24, chunk: 3 })],
	["MemFlow's bank", memFlow({ window: 6, sink: 1, bank: BANK })],
];

/** The same engine, as if outputs could not be bound to the memory of inputs. */
function apartEngine(engine: Engine): Engine {
	return {
		provider: { ...engine.provider, inPlace: false },
		tensor: engine.tensor.bind(engine),
		deviceTensor: engine.deviceTensor.bind(engine),
		view: engine.view.bind(engine),
		copy: engine.copy.bind(engine),
		model: engine.model.bind(engine),
	} as unknown as Engine;
}

/** Flows of chunks, each a step with noise and a closing one. */
async function flows(policy: Policy, engine: Engine): Promise<{ flows: Float32Array[]; keys: Float32Array }> {
	await using opened = await bench.open({ policy }, engine);
	const { dit, text } = opened;
	const made: Float32Array[] = [];
	for (let start = 0; start < 15; start += 3) {
		const inputs = denoising(text, start);
		made.push((await dit.forward(inputs)).flow);
		const pass = { start, frames: 3, kind: "clean" as const };
		made.push((await dit.forward({ ...inputs, timesteps: 0, pass })).flow);
	}
	return { flows: made, keys: await dit.cache.read("keys", 1) };
}

test.each(policies)("%s gives the same where a cache cannot be written in place", async (_, policy) => {
	const here = await flows(policy, bench.engine);
	const there = await flows(policy, apartEngine(bench.engine));
	for (const [i, flow] of here.flows.entries()) expect(apart(flow, there.flows[i] ?? []), `pass ${i}`).toBe(0);
	expect(there.keys).toEqual(here.keys);
});

test.each(policies)("%s begins as new after a reset", async (_, policy) => {
	await using opened = await bench.open({ policy });
	const { dit, text } = opened;
	const first = (await dit.forward(denoising(text))).flow;
	for (const start of [3, 6, 9]) await dit.forward(denoising(text, start));
	dit.reset();
	expect(dit.cache.ends).toEqual({ global: 0, local: 0, bank: 0 });
	expect((await dit.forward(denoising(text))).flow).toEqual(first);
});

test("keys that are not attended to do not count", async () => {
	const wide = sliding({ window: 9, sink: 0, attend: 6 });
	const narrow = sliding({ window: 6, sink: 0 });
	const [a, b] = [await flows(wide, bench.engine), await flows(narrow, bench.engine)];
	for (const [i, flow] of a.flows.entries()) expect(apart(flow, b.flows[i] ?? []), `pass ${i}`).toBeLessThan(1e-5);
});

test("a pass that is ended from outside throws the reason, and the past is forgotten", async () => {
	await using opened = await bench.open({ policy: longLive({ window: 6, sink: 0 }) });
	const { dit, text } = opened;
	const first = (await dit.forward(denoising(text))).flow;
	const reason = new Error("the show is over");
	await expect(dit.forward({ ...denoising(text, 3), signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
	expect(dit.cache.ends.global).toBe(0);
	expect((await dit.forward(denoising(text))).flow).toEqual(first);
});
