import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { State } from "../../../src/daemon/state.ts";
import { createLog, type LogEntry } from "../../../src/log.ts";

let folder = "";
let lines: LogEntry[] = [];
const log = createLog((entry) => lines.push(entry));
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "mutoscope-state-"));
	lines = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

const session = (fade: number) => [{ name: "main", parts: { "/session": { "/fade": fade } } }];

test("what was kept is read back by the next daemon", async () => {
	let fade = 1;
	const state = new State(folder, () => session(fade), log);
	expect(state.read()).toBeUndefined();
	state.touch();
	fade = 2;
	await state.flush();
	expect(new State(folder, () => [], log).read()).toEqual(session(2));
});

test("nothing is written while nothing changes", async () => {
	const state = new State(folder, () => session(1), log);
	await state.flush();
	writeFileSync(join(folder, "state.json"), "another's");
	await state.flush();
	expect(readFileSync(join(folder, "state.json"), "utf8")).toBe("another's");
});

test.each(["", "{", '{"version":2,"sessions":[]}', '{"version":1,"sessions":[{"name":1}]}'])(
	"a spoilt file is a first start: %j",
	(text) => {
		writeFileSync(join(folder, "state.json"), text);
		expect(new State(folder, () => [], log).read()).toBeUndefined();
	},
);

test("a disk that takes nothing is told, and the next change tries again", async () => {
	let fade = 1;
	writeFileSync(join(folder, "taken"), "");
	const state = new State(join(folder, "taken"), () => session(fade), log);
	await state.flush();
	expect(lines).toMatchObject([{ level: "error", message: "the last values could not be kept" }]);
	rmSync(join(folder, "taken"));
	mkdirSync(join(folder, "taken"));
	fade = 2;
	await state.flush();
	expect(lines).toHaveLength(1);
	expect(state.read()).toEqual(session(2));
});
