import { basename } from "node:path";
import { Engine } from "mutoscope/inference";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CaseFolder } from "./case.ts";
import { isRight } from "./compare.ts";
import { kinds } from "./registry.ts";
import { findCases, formatCompared, runCase } from "./runner.ts";

const [handed, ours] = await Promise.all(
	["data", "extra"].map((folder) => findCases(new URL(folder, import.meta.url).pathname)),
);
const cases = [...(handed ?? []), ...(ours ?? [])];
/** Stored for the reader only. */
const INFORMATIVE = new Set(["context_lens"]);
let engine: Engine;

beforeAll(async () => {
	engine = await Engine.open({ provider: "cpu" });
});
afterAll(() => engine[Symbol.asyncDispose]());

test("there are as many public cases as were handed out, and no two kinds claim one", async () => {
	expect(handed?.length).toBe(32);
	for (const path of cases) {
		const { config } = await CaseFolder.open(path);
		const fitting = kinds.filter((kind) => kind.matches(config)).map(({ name }) => name);
		expect.soft(fitting, basename(path)).toHaveLength(1);
	}
});

test.for(cases.map((path) => [basename(path), path] as const))(
	"%s is what the original code gave",
	{ timeout: 120_000 },
	async ([name, path]) => {
		const folder = await CaseFolder.open(path);
		const wrong: string[] = [];
		for await (const compared of runCase(folder, engine)) {
			if (!isRight(compared)) wrong.push(formatCompared(name, compared));
		}
		expect(wrong).toEqual([]);
		const unread = folder.unread.filter((tensor) => !INFORMATIVE.has(tensor));
		expect(unread, "stored tensors that were not looked at").toEqual([]);
	},
);
