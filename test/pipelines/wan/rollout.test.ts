import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TextKeys } from "../../../pipelines/wan/dit/text-keys.ts";
import { krea } from "../../../pipelines/wan/policy/krea.ts";
import { longLive } from "../../../pipelines/wan/policy/longlive.ts";
import type { Policy } from "../../../pipelines/wan/policy/plan.ts";
import { rewardForcing } from "../../../pipelines/wan/policy/reward-forcing.ts";
import { sliding } from "../../../pipelines/wan/policy/sliding.ts";
import { type ChunkInputs, Rollout, type RolloutOptions, type Step } from "../../../pipelines/wan/rollout.ts";
import { Schedule } from "../../../pipelines/wan/schedule.ts";
import { apart, type Bench, FRAME, latentsOf, openBench } from "./dit/open.ts";

let bench: Bench;
beforeAll(async () => {
	bench = await openBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

const OPTIONS: RolloutOptions = { schedule: new Schedule(5), chunk: 3, clean: true };

function inputsOf(text: TextKeys, chunk: number, more: Partial<ChunkInputs> = {}): ChunkInputs {
	return { text, timesteps: [1000, 500], noise: (draw) => latentsOf(`noise ${chunk} ${draw}`, 3), ...more };
}

/** A stream of chunks, and what became of positions. */
async function stream(policy: Policy, options: Partial<RolloutOptions>, chunks: number) {
	await using opened = await bench.open({ policy });
	const { dit, text } = opened;
	const rollout = new Rollout(dit, { ...OPTIONS, ...options });
	const made: Float32Array[] = [];
	let farthest = 0;
	for (let chunk = 0; chunk < chunks && !rollout.exhausted; chunk++) {
		made.push(await rollout.chunk(inputsOf(text, chunk % 5)));
		farthest = Math.max(farthest, dit.positionOf(rollout.frame - 1));
	}
	return { made, farthest, frame: rollout.frame };
}

describe("a stream that goes on", () => {
	test("keeps its positions within what the model knows", async () => {
		const { farthest, frame } = await stream(longLive({ window: 6, sink: 3 }), { sink: 3 }, 360);
		expect(frame).toBe(1080);
		expect(farthest).toBeLessThan(1024);
		expect(farthest).toBeGreaterThan(1000);
	});

	test("is the same as if positions had gone on, where there is no sink that comes nearer", async () => {
		const policy = sliding({ window: 6, sink: 0 });
		await using opened = await bench.open({ policy });
		await using back = await bench.open({ policy });
		for (let start = 0; start < 30; start += 3) {
			const pass = { start, frames: 3, kind: "denoise" as const };
			const one = { latents: latentsOf(`x${start}`, 3), timesteps: 500, pass };
			const expected = await opened.dit.forward({ ...one, text: opened.text });
			const { flow } = await back.dit.forward({ ...one, text: back.text });
			expect(apart(flow, expected.flow), `frame ${start}`).toBeLessThan(1e-4);
			if (start === 15) await back.dit.rebase(0);
		}
		expect(back.dit.positionOf(27)).toBe(15);
	});

	test("stops where the table of positions does, if it is asked to", async () => {
		const { frame } = await stream(longLive({ window: 6, sink: 3 }), { endless: false }, 360);
		expect(frame).toBe(1023);
	});

	test("needs no such thing where positions are counted in the window", async () => {
		const { frame } = await stream(rewardForcing({ window: 6, sink: 3 }), {}, 345);
		expect(frame).toBe(1035);
	});
});

test("the same noise gives the same latents after a reset", async () => {
	await using opened = await bench.open({ policy: longLive({ window: 6, sink: 3 }) });
	const rollout = new Rollout(opened.dit, { ...OPTIONS, recache: 6 });
	const run = async () => {
		const made: Float32Array[] = [];
		for (let chunk = 0; chunk < 4; chunk++) {
			made.push(await rollout.chunk(inputsOf(opened.text, chunk, { textChanged: chunk === 2 })));
		}
		return made;
	};
	const first = await run();
	rollout.reset();
	expect(rollout.frame).toBe(0);
	expect(await run()).toEqual(first);
});

test("a chunk that is ended from outside throws the reason, and the next begins anew", async () => {
	await using opened = await bench.open({ policy: longLive({ window: 6, sink: 3 }) });
	const rollout = new Rollout(opened.dit, OPTIONS);
	const first = await rollout.chunk(inputsOf(opened.text, 0));
	const reason = new Error("the show is over");
	const ended = new AbortController();
	const observe = () => ended.abort(reason);
	await expect(rollout.chunk(inputsOf(opened.text, 1, { signal: ended.signal, observe }))).rejects.toBe(reason);
	expect(rollout.frame).toBe(0);
	expect(await rollout.chunk(inputsOf(opened.text, 0))).toEqual(first);
});

test("a new text makes the past pass once more, without the frames that would not be kept", async () => {
	await using opened = await bench.open({ policy: longLive({ window: 6, sink: 3 }) });
	const rollout = new Rollout(opened.dit, { ...OPTIONS, recache: 6 });
	const steps: Step[] = [];
	for (let chunk = 0; chunk < 4; chunk++) {
		const observe = (step: Step) => void steps.push(step);
		await rollout.chunk(inputsOf(opened.text, chunk, { textChanged: chunk === 3, observe }));
	}
	const [again] = steps.filter(({ kind }) => kind === "recache");
	expect(again?.latents.length).toBe(3 * FRAME);
	expect(again?.timestep).toBe(0);
});

test("Krea's context is the stream's first frame, or one made anew, and the latest", async () => {
	await using opened = await bench.open({ policy: krea({ window: 6, chunk: 3 }) });
	const rollout = new Rollout(opened.dit, { ...OPTIONS, clean: false, context: 3 });
	const contexts: Float32Array[] = [];
	const made: Float32Array[] = [];
	const anchor = new Float32Array(FRAME).fill(0.25);
	for (let chunk = 0; chunk < 3; chunk++) {
		const observe = ({ kind, latents }: Step) => void (kind === "context" && contexts.push(latents));
		made.push(await rollout.chunk(inputsOf(opened.text, chunk, { anchor: () => anchor, observe, bias: 0.3 })));
	}
	expect(contexts).toHaveLength(2);
	expect(contexts[0]?.subarray(0, FRAME)).toEqual(made[0]?.subarray(0, FRAME));
	expect(contexts[1]?.subarray(0, FRAME)).toEqual(anchor);
	expect(contexts[1]?.subarray(FRAME)).toEqual(made[1]?.subarray(FRAME));
});
