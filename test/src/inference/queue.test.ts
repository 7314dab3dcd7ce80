import { expect, test } from "vitest";
import { Queue } from "../../../src/inference/queue.ts";

test("one thing is done at a time, whatever came of the one before", async () => {
	const queue = new Queue();
	const said: string[] = [];
	const first = queue.add(async () => {
		await new Promise(setImmediate);
		said.push("first");
		throw new Error("no");
	});
	const second = queue.add(() => said.push("second"));
	expect(queue.busy).toBe(true);
	await expect(first).rejects.toThrow("no");
	await second;
	await queue.idle();
	expect(said).toEqual(["first", "second"]);
	expect(queue.busy).toBe(false);
});

test("what is aborted while it waits is not begun", async () => {
	const queue = new Queue();
	const stop = new AbortController();
	let begun = false;
	const before = queue.add(() => new Promise(setImmediate));
	const waiting = queue.add(() => {
		begun = true;
	}, stop.signal);
	stop.abort();
	await expect(waiting).rejects.toHaveProperty("name", "AbortError");
	await before;
	expect(begun).toBe(false);
});
