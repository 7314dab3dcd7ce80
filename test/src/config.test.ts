import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { configSchema, readConfig, stateFolder } from "../../src/config.ts";
import { configPage } from "../config-page.ts";

let folder = "";
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "mutoscope-config-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(text: string): string {
	const path = join(folder, "config.json");
	writeFileSync(path, text);
	return path;
}

test("no file is a working config that listens on this machine alone", () => {
	const config = readConfig(join(folder, "none.json"), false);
	expect(config.http).toMatchObject({ host: "127.0.0.1", port: 8000, hosts: [], origins: [] });
	expect(config.sessions).toEqual([{ name: "main", source: "none" }]);
});

test("a named file that is not there is an error", () => {
	expect(() => readConfig(join(folder, "none.json"), true)).toThrow(
		expect.objectContaining({ code: "config/invalid", message: expect.stringContaining("none.json") }),
	);
});

test.each([
	["{ http: }", "JSON"],
	['{"http":{"port":99999}}', "http.port"],
	['{"htpp":{}}', "htpp"],
	['{"osc":{"alow":["10.0.0.1"]}}', "alow"],
	['{"sessions":[]}', "sessions"],
	['{"sessions":[{"name":"No Way"}]}', "sessions.0.name"],
])("a bad file names what is wrong: %s", (text, where) => {
	expect(() => readConfig(write(text), true)).toThrow(
		expect.objectContaining({ message: expect.stringContaining(where) }),
	);
});

test("the command line wins over the file", () => {
	const config = readConfig(write('{"http":{"port":9999},"name":"stage"}'), true, { port: 0, state: folder });
	expect(config.http.port).toBe(0);
	expect(config.name).toBe("stage");
	expect(stateFolder(config)).toBe(folder);
});

test("the state of daemons with other names is kept apart", () => {
	const env = { XDG_STATE_HOME: "/state" };
	expect(stateFolder(configSchema.parse({}), env)).toBe("/state/mutoscope");
	expect(stateFolder(configSchema.parse({ name: "stage" }), env)).toBe("/state/stage");
});

test("every key is on the reference page", () => {
	expect(readFileSync("docs/reference/config.md", "utf8")).toBe(configPage());
});
