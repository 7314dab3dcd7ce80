import { describe, expect, test } from "vitest";
import { FramePool } from "../../../src/media/pool.ts";

const size = { width: 4, height: 4 };

describe("a frame pool", () => {
	test("lends the memory of closed frames again", () => {
		const pool = new FramePool();
		const frame = pool.take(size);
		const { data } = frame;
		frame.close();
		expect(pool.take(size).data).toBe(data);
		expect(pool.take(size).data).not.toBe(data);
	});

	test("takes memory back only from the last holder", () => {
		const pool = new FramePool();
		const frame = pool.take(size);
		const { data } = frame;
		const clone = frame.clone();
		frame.close();
		frame.close();
		expect(pool.take(size).data).not.toBe(data);
		clone.close();
		expect(pool.take(size).data).toBe(data);
	});

	test("keeps only so many of a size, and only the sizes used last", () => {
		const pool = new FramePool(2);
		const frames = [1, 2, 3].map(() => pool.take(size));
		const kept = frames.map(({ data }) => data);
		for (const frame of frames) frame.close();
		const again = [1, 2, 3].map(() => pool.take(size));
		expect(again.filter(({ data }) => kept.includes(data))).toHaveLength(2);
		const [first] = again;
		const data = first?.data;
		first?.close();
		for (let width = 10; width < 20; width++) pool.take({ width, height: 1 }).close();
		expect(pool.take(size).data).not.toBe(data);
	});

	test("forgets everything when cleared", () => {
		const pool = new FramePool();
		const frame = pool.take(size);
		const { data } = frame;
		frame.close();
		pool.clear();
		expect(pool.take(size).data).not.toBe(data);
	});
});
