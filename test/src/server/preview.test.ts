import { expect, test } from "vitest";
import { MutoscopeError } from "../../../src/base/errors.ts";
import { type Grab, Preview, Previews } from "../../../src/server/preview.ts";

/** A maker whose pictures are numbered, and handed out one at a time. */
function numbered() {
	let made = 0;
	let release: (() => void) | undefined;
	let asked = Promise.withResolvers<void>();
	const grab: Grab = (signal) =>
		new Promise((resolve, reject) => {
			release = () => resolve(Uint8Array.of(++made));
			signal.addEventListener("abort", () => reject(signal.reason as Error));
			asked.resolve();
		});
	return {
		grab,
		count: () => made,
		/** Lets one picture be made, once it has been asked for. */
		next: async () => {
			await asked.promise;
			asked = Promise.withResolvers();
			release?.();
		},
	};
}

/** The number of the picture in a part. */
function numberIn(part: Uint8Array | undefined): number {
	const text = new TextDecoder("latin1").decode(part);
	expect(text).toMatch(/^--mutoscope-frame\r\nContent-Type: image\/jpeg\r\nContent-Length: 1\r\n\r\n[\s\S]\r\n$/);
	return text.charCodeAt(text.length - 3);
}

const fast = 1e6;

test("one maker serves all viewers, each with every picture it is ready for", async () => {
	const source = numbered();
	const previews = new Previews();
	const [a, b] = [previews.view("k", fast, source.grab).getReader(), previews.view("k", fast, source.grab).getReader()];
	await source.next();
	expect([numberIn((await a.read()).value), numberIn((await b.read()).value)]).toEqual([1, 1]);
	expect(previews.size).toBe(1);
	previews.close();
});

test("a slow viewer skips to the newest picture and holds one, while a quick one sees all", async () => {
	const source = numbered();
	const preview = new Preview({ fps: fast, grab: source.grab, ended: () => {} });
	const quick = preview.view().getReader();
	const slow = preview.view().getReader();
	const seen: number[] = [];
	for (let i = 0; i < 50; i++) {
		await source.next();
		seen.push(numberIn((await quick.read()).value));
	}
	expect(seen).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
	expect(numberIn((await slow.read()).value)).toBe(1);
	expect(numberIn((await slow.read()).value)).toBe(50);
	preview.close();
});

test("it works only while somebody looks", async () => {
	const source = numbered();
	const previews = new Previews();
	const reader = previews.view("k", fast, source.grab).getReader();
	await source.next();
	await reader.read();
	await reader.cancel();
	expect(previews.size).toBe(0);
	expect(source.count()).toBe(1);
	const again = previews.view("k", fast, source.grab).getReader();
	await source.next();
	expect((await again.read()).done).toBe(false);
	previews.close();
});

test("a session that goes ends it for all; one that stumbles does not", async () => {
	let tries = 0;
	let ended = 0;
	const grab: Grab = async () => {
		if (++tries === 1) throw new MutoscopeError("process/crashed", { process: "still", reason: "killed" });
		if (tries === 2) return Uint8Array.of(7);
		throw new MutoscopeError("session/unknown", { session: "main" });
	};
	const preview = new Preview({ fps: fast, grab, ended: () => ended++ });
	const reader = preview.view().getReader();
	expect(numberIn((await reader.read()).value)).toBe(7);
	expect((await reader.read()).done).toBe(true);
	expect(ended).toBe(1);
});

test("closing ends waiting viewers, and may be done twice", async () => {
	const previews = new Previews();
	const reader = previews.view("k", fast, numbered().grab).getReader();
	const waiting = reader.read();
	previews.close();
	previews.close();
	expect((await waiting).done).toBe(true);
});

test("only so many different ones are made at a time", () => {
	const previews = new Previews(1);
	const { grab } = numbered();
	previews.view("a", fast, grab);
	previews.view("a", fast, grab);
	expect(() => previews.view("b", fast, grab)).toThrow(expect.objectContaining({ code: "request/too-many" }));
	previews.close();
});
