import { monotonic, readCard, type Source } from "mutoscope/sdk";
import { afterEach, describe, expect, test } from "vitest";
import testCard from "../../bridges/test-card/index.ts";
import { params } from "../../bridges/test-card/params.ts";
import { contextOf, follow } from "./open.ts";

const open: Source[] = [];
afterEach(async () => {
	for (const source of open.splice(0)) await source[Symbol.asyncDispose]();
});

async function start(values: Partial<Record<keyof typeof params.shape, number>> = {}) {
	const turned = contextOf(params.parse({ width: 320, height: 240, ...values }));
	const source = await testCard.source?.open(turned.context, new AbortController().signal);
	if (!source) throw new Error("no source");
	open.push(source);
	return { ...turned, source };
}

describe("the test card", () => {
	test("gives frames whose numbers rise, and whose clock is when they were captured", async () => {
		const { source } = await start({ fps: 100 });
		const begin = monotonic();
		const seen = await follow(
			source,
			(frame) => ({ ...readCard(frame.data, frame.size), captured: frame.captured }),
			20,
		);
		const numbers = seen.map(({ index }) => index ?? -1);
		expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
		for (const { seconds, captured } of seen) {
			expect(seconds).toBeCloseTo(captured, 3);
			expect(captured).toBeGreaterThanOrEqual(begin);
		}
	});

	test("counts what was due, so that a late caller sees that frames are missing", async () => {
		const { source } = await start({ fps: 100 });
		const read = () => follow(source, (frame) => readCard(frame.data, frame.size), 1);
		const [first] = await read();
		const until = monotonic() + 0.1;
		while (monotonic() < until); // the loop that asks is busy
		const [second] = await read();
		expect((second?.index ?? 0) - (first?.index ?? 0)).toBeGreaterThanOrEqual(9);
	});

	test("never gives a frame before it is due, at any rate it is turned to", async () => {
		const { source, set } = await start({ fps: 120 });
		await follow(source, () => undefined, 5);
		set({ fps: 50 });
		const [first, ...rest] = await follow(
			source,
			(frame) => [readCard(frame.data, frame.size)?.index ?? 0, frame.captured] as const,
			6,
		);
		for (const [index, captured] of rest) {
			expect(captured - (first?.[1] ?? 0)).toBeGreaterThan((index - (first?.[0] ?? 0) - 1) / 50);
		}
	});

	test("has the size it is asked for, and refuses one that cannot carry the strip", async () => {
		const { source } = await start({ width: 641, height: 359 });
		expect(await follow(source, ({ size }) => size, 1)).toEqual([{ width: 641, height: 359 }]);
		expect(params.safeParse({ width: 64 }).success).toBe(false);
	});

	test("rejects with the reason of the signal while it waits", async () => {
		const { source } = await start({ fps: 1 });
		await follow(source, () => undefined, 1);
		const stop = new AbortController();
		const waiting = source.next(stop.signal);
		const reason = new Error("enough");
		stop.abort(reason);
		await expect(waiting).rejects.toBe(reason);
	});
});
