import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import type { Log } from "../../../src/base/log.ts";
import { Printed } from "../../../src/host/lines.ts";

function setup() {
	const lines: [string, object][] = [];
	let now = 0;
	const keep = (message: string, fields: object = {}) => void lines.push([message, fields]);
	const log: Log = { debug: keep, info: keep, warn: keep, error: keep, with: () => log };
	const stream = new PassThrough();
	const printed = new Printed(log, () => now);
	printed.read(stream);
	return { lines, stream, printed, pass: () => now++ };
}

async function written(stream: PassThrough, text: string): Promise<void> {
	await new Promise<void>((resolve) => stream.write(text, () => resolve()));
	await new Promise(setImmediate);
}

test("lines are whole, whatever pieces they come in, and the last needs no end", async () => {
	const { lines, stream } = setup();
	await written(stream, "one\ntw");
	await written(stream, "o\r\n\nthree");
	stream.end();
	await new Promise(setImmediate);
	expect(lines.map(([line]) => line)).toEqual(["one", "two", "three"]);
});

test("a flood is cut to fifty lines a second and two thousand characters a line, and counted", async () => {
	const { lines, stream, pass } = setup();
	await written(stream, "x\n".repeat(1000));
	expect(lines).toHaveLength(50);
	pass();
	await written(stream, `${"y".repeat(1e6)}\n`);
	expect(lines).toHaveLength(51);
	expect(lines[50]?.[0]).toHaveLength(2000);
	expect(lines[50]?.[1]).toEqual({ left_out: 950 });
});

test("the last line that looks like an error is remembered", async () => {
	const { stream, printed } = setup();
	await written(stream, "all is well\nTypeError: x is not a function\n    at y\n");
	expect(printed.error).toBe("TypeError: x is not a function");
	await written(stream, "FATAL ERROR: Reached heap limit\n");
	expect(printed.error).toBe("FATAL ERROR: Reached heap limit");
});
