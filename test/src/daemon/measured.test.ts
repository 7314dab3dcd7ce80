import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import * as z from "zod";
import { configSchema } from "../../../src/config.ts";
import { firstSize, fitting, Measured } from "../../../src/daemon/measured.ts";
import { jsonSchemaOf } from "../../../src/params/schema.ts";
import { ParamStore } from "../../../src/params/store.ts";

const held = { width: 192, height: 192, fps: 24, holds: true, best: true };

let folder = "";
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "mutoscope-measured-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const config = (inference = {}) => configSchema.parse({ folders: { models: folder }, inference });

test("what was measured is known to the next daemon of the same machine and version", async () => {
	const first = new Measured(config(), "1.0.0");
	expect(first.held).toEqual({});
	await first.keep("pocket", { ...held, threads: 4 });
	for (const measured of [first, new Measured(config(), "1.0.0")]) {
		expect(measured.held).toEqual({ pocket: { ...held, threads: 4, at: expect.any(Number) } });
	}
});

test("another version, or something else to compute on, is measured anew; sizes of before are known as such", async () => {
	await new Measured(config(), "1.0.0").keep("pocket", held);
	for (const other of [new Measured(config(), "1.0.1"), new Measured(config({ threads: 1 }), "1.0.0")]) {
		expect(other.held).toEqual({});
		expect(other.sizes("pocket")).toMatchObject([held]);
		await other.keep("other", held);
	}
	expect(Object.keys(new Measured(config(), "1.0.0").held)).toEqual(["pocket"]);
});

test("what did not hold the best size gets another chance a day later", async () => {
	await new Measured(config(), "1.0.0").keep("pocket", held);
	await new Measured(config(), "1.0.0").keep("slow", { ...held, best: false });
	const file = join(folder, ".cache", "real-time.json");
	expect(Object.keys(new Measured(config(), "1.0.0").settled)).toEqual(["pocket", "slow"]);
	writeFileSync(file, readFileSync(file, "utf8").replaceAll(/"at": \d+/g, '"at": 1000'));
	const later = new Measured(config(), "1.0.0");
	expect(Object.keys(later.settled)).toEqual(["pocket"]);
	expect(Object.keys(later.held)).toEqual(["pocket", "slow"]);
});

test("a spoilt file is as good as none", async () => {
	await new Measured(config(), "1.0.0").keep("pocket", held);
	writeFileSync(join(folder, ".cache", "real-time.json"), '{"here":{"pocket":{"width":-1}}}');
	expect(new Measured(config(), "1.0.0").held).toEqual({});
});

test("a pipeline takes the size that holds, unless a hand has chosen one", () => {
	const side = z.int().min(32).max(512).default(256);
	const store = new ParamStore();
	store.mount("/main", jsonSchemaOf(z.object({ width: side, height: side, seed: z.int().default(0) })));
	const changes = () => fitting(store, "/main", held, [{ width: 128, height: 128 }]);
	const wanted = [
		["/main/width", 192],
		["/main/height", 192],
	];
	expect(changes()).toEqual(wanted);
	store.set([["/main/width", 128]], "hand");
	expect(changes()).toEqual([]);
	store.set([["/main/height", 128]], "measured");
	expect(changes()).toEqual(wanted);
	store.mount("/main", jsonSchemaOf(z.object({ seed: z.int().default(0) })));
	expect(changes()).toEqual([]);
});

test("a pipeline begins at the size that holds, else at its own usual one, whatever was played before it", () => {
	const sized = (side: number) => {
		const length = z.int().min(32).max(2048).default(side);
		return jsonSchemaOf(z.object({ width: length, height: length, prompt: z.string().default("") }));
	};
	const store = new ParamStore();
	store.mount("/main", sized(1024), firstSize(sized(1024), undefined));
	store.set([["/main/prompt", "sea"]], "hand");
	store.mount("/main", sized(256), firstSize(sized(256), undefined));
	expect([store.get("/main/width"), store.get("/main/height"), store.get("/main/prompt")]).toEqual([256, 256, "sea"]);
	expect(firstSize(sized(256), held)).toEqual({ "/width": 192, "/height": 192 });
	expect(firstSize(jsonSchemaOf(z.object({ prompt: z.string().default("") })), undefined)).toEqual({});
});
