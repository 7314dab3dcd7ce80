import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect, test } from "vitest";
import { startDaemon, until } from "./daemon.ts";

const folder = mkdtempSync(join(tmpdir(), "mutoscope-command-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const CLI = ["--conditions=mutoscope:source", resolve("src/cli.ts"), "plugin"];

/** Runs `mutoscope plugin …` in the folder of this test. */
function plugin(...words: string[]): Promise<{ code: number; said: string }> {
	const env = { ...process.env, XDG_CONFIG_HOME: folder };
	return new Promise((done) => {
		execFile(process.execPath, [...CLI, ...words], { cwd: folder, env }, (error, stdout, stderr) => {
			done({ code: error ? Number(error.code) : 0, said: stdout + stderr });
		});
	});
}

const alone = ["--port", "0", "--state", join(folder, "state")];

test("a plugin is created that works at once, keeps what plugins promise, and is installed without a daemon", async () => {
	expect(await plugin("create", "my-look")).toMatchObject({ code: 0 });
	expect(readdirSync(join(folder, "my-look")).sort()).toEqual([
		"README.md",
		"index.js",
		"index.test.js",
		"package.json",
	]);
	const tested = await plugin("test", "my-look");
	expect(tested.said).toMatch(/pass 3\b/);
	expect(tested.code).toBe(0);
	expect(await plugin("add", "my-look", ...alone)).toEqual({ code: 0, said: "my-look 0.1.0 is installed.\n" });
	expect((await plugin("list", ...alone)).said).toContain(join(folder, "my-look"));
	expect(await plugin("remove", "my-look", ...alone)).toEqual({ code: 0, said: "my-look is removed.\n" });
	expect(readdirSync(join(folder, "state", "plugins"))).not.toContainEqual(expect.stringContaining("my-look"));
});

test("with a daemon the show follows", async () => {
	await using daemon = await startDaemon();
	const there = ["--port", new URL(daemon.url).port, "--state", daemon.state];
	await plugin("create", "follower");
	expect(await plugin("add", "--link", "follower", ...there)).toMatchObject({ code: 0 });
	await daemon.ask("/api/v1/params/main/plugin/follower/enabled", { method: "PUT", json: { value: true } });
	await until(async () => JSON.stringify(await daemon.ask("/api/v1/status")).includes("plugin:main/follower"));
	expect(await plugin("reload", "follower", ...there)).toMatchObject({ code: 0 });
	expect(await plugin("remove", "follower", ...there)).toMatchObject({ code: 0 });
	expect(JSON.stringify(await daemon.ask("/api/v1/status"))).not.toContain("plugin:main/follower");
});

test.each([
	[["dance"], 2, "needs the name"],
	[["dance", "x"], 2, "There is no command plugin dance"],
	[["create", "My Look"], 2, "lower-case letters"],
	[["add", "/nowhere/at/all", ...alone], 1, "could not be installed"],
	[["remove", "breathe", ...alone], 1, "comes with Mutoscope"],
	[["remove", "nobody", ...alone], 1, "There is no plugin called nobody"],
])("what cannot be done is told in a sentence: %j", async (words, code, sentence) => {
	expect(await plugin(...words)).toEqual({ code, said: expect.stringContaining(sentence) });
	expect(existsSync(join(folder, "My Look"))).toBe(false);
});
