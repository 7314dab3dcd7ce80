import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { RecordingFolder } from "../../../src/daemon/recordings.ts";

let folder = "";
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "mutoscope-recordings-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const noon = new Date("2026-11-20T12:00:00Z");

test("a recording is named after its session and its beginning, and never takes another's place", () => {
	const recordings = new RecordingFolder(folder);
	const first = recordings.begin("main", noon);
	writeFileSync(first, "one");
	expect(basename(first)).toBe("main-2026-11-20-120000.mp4");
	expect(basename(recordings.begin("main", noon))).toBe("main-2026-11-20-120000-2.mp4");
});

test("what is being written runs and cannot be deleted; afterwards it can", () => {
	const recordings = new RecordingFolder(folder);
	const path = recordings.begin("left-2", noon);
	writeFileSync(path, "12345");
	expect(recordings.list()).toMatchObject([{ session: "left-2", bytes: 5, running: true }]);
	expect(() => recordings.remove(basename(path))).toThrow(expect.objectContaining({ code: "recording/failed" }));
	recordings.ended("left-2");
	expect(recordings.list()).toMatchObject([{ running: false }]);
	recordings.remove(basename(path));
	expect(recordings.list()).toEqual([]);
});

test.each(["../main-2026-11-20-120000.mp4", "none.mp4", "", "main-2026-11-20-120000.mp4"])(
	"a file that is not there has no path: %j",
	(id) => {
		expect(() => new RecordingFolder(folder).path(id)).toThrow(expect.objectContaining({ code: "recording/unknown" }));
	},
);

test("a folder that cannot be made is a storage error", () => {
	writeFileSync(join(folder, "file"), "");
	const recordings = new RecordingFolder(join(folder, "file", "below"));
	expect(() => recordings.begin("main")).toThrow(expect.objectContaining({ code: "storage/failed" }));
	expect(recordings.list()).toEqual([]);
});
