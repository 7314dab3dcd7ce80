import { execFileSync } from "node:child_process";
import {
	cpSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { definePlugin } from "mutoscope/sdk";
import { afterAll, beforeEach, expect, test } from "vitest";
import { Catalogue } from "../../../../src/daemon/catalogue.ts";
import { InstalledPlugins } from "../../../../src/daemon/plugins/installed.ts";
import { silent } from "../../../../src/testing/clause.ts";
import { peer } from "../../../peers.ts";

const TRAILS = resolve("examples/trails");
const folder = mkdtempSync(join(tmpdir(), "mutoscope-plugins-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let shelf: string;
let catalogue: Catalogue;
let changes: number;
let installed: InstalledPlugins;
let count = 0;

beforeEach(() => {
	shelf = join(folder, `shelf-${++count}`);
	reopen();
});

/** As a daemon that is started again finds it. */
function reopen(): void {
	changes = 0;
	catalogue = new Catalogue();
	catalogue.add(definePlugin({ id: "breathe", title: "Breathe", description: "", tap: () => {} }), "file:///breathe");
	const changed = async () => void changes++;
	installed = new InstalledPlugins({ folder: shelf, catalogue, log: silent, changed });
	installed.open();
}

/** A folder with a package: `module` is its index.js, `more` goes into its package.json. */
function pack(module: string, more: object = {}, mutoscope: object | null = { api: "^1", entry: "index.js" }): string {
	const path = join(folder, `package-${++count}`);
	mkdirSync(path);
	writeFileSync(join(path, "index.js"), module);
	const papers = { name: "stranger", version: "1.0.0", type: "module", ...(mutoscope && { mutoscope }), ...more };
	writeFileSync(join(path, "package.json"), JSON.stringify(papers));
	return path;
}

const plugin = (id: string, more = "") => `
	import { definePlugin } from "mutoscope/sdk";
	export default definePlugin({ id: "${id}", title: "${id}", description: "d", tap() {} });
	${more}
`;

const refused = (code: string, message: string | RegExp = "") =>
	expect.objectContaining({ code, message: expect.stringMatching(message) });

/** What is left on disk, the index aside. */
const left = () =>
	existsSync(shelf) ? readdirSync(shelf).filter((name) => !["index.json", "compiled"].includes(name)) : [];

test("a folder is copied, tried and put into the catalogue", async () => {
	const trails = await installed.add(TRAILS);
	expect(trails).toMatchObject({ name: "mutoscope-trails", version: "1.0.0", editable: false });
	expect(changes).toBe(1);
	const listed = catalogue.plugins.get("trails");
	expect(listed).toMatchObject({ package: "mutoscope-trails", guest: { taps: true } });
	expect(listed?.module).toContain(shelf);
	expect(Object.keys((listed?.guest.schema.properties ?? {}) as object)).toEqual(["length", "clear"]);
});

test("a packed file is installed as a package of npm is", async () => {
	const packed = execFileSync("npm", ["pack", TRAILS, "--silent"], { cwd: folder, encoding: "utf8" }).trim();
	await installed.add(join(folder, packed));
	expect(catalogue.plugins.has("trails")).toBe(true);
});

test.skipIf(!peer("git"))(
	"a git repository is installed at the commit that is named, and its scripts do not run",
	async () => {
		const work = join(folder, "work");
		const bare = join(folder, "trails.git");
		cpSync(TRAILS, work, { recursive: true });
		const marker = join(folder, "ran");
		const papers = join(work, "package.json");
		const scripts = Object.fromEntries(
			["preinstall", "install", "postinstall", "prepare"].map((name) => [name, `touch ${marker}`]),
		);
		writeFileSync(papers, JSON.stringify({ ...JSON.parse(readFileSync(papers, "utf8")), scripts }));
		const git = (...args: string[]) =>
			execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@t", ...args], {
				cwd: work,
				encoding: "utf8",
				stdio: ["ignore", "pipe", "ignore"],
			}).trim();
		git("init", "-q", "-b", "main");
		git("add", ".");
		git("commit", "-q", "-m", "trails");
		const commit = git("rev-parse", "HEAD");
		git("clone", "-q", "--bare", work, bare);
		await installed.add(`git+file://${bare}#${commit}`);
		expect(catalogue.plugins.has("trails")).toBe(true);
		expect(existsSync(marker)).toBe(false);
	},
);

test("what is installed is there again after a restart, without a line of it being run", async () => {
	const path = pack(plugin("stranger"));
	await installed.add(path, { editable: true });
	writeFileSync(join(path, "index.js"), "process.exit(1)");
	reopen();
	expect(installed.list().map(({ name }) => name)).toEqual(["stranger"]);
	expect(catalogue.tapping().map(({ guest }) => guest.id)).toEqual(["breathe", "stranger"]);
});

test("an editable folder is used itself, and a reload is another module with its imports", async () => {
	const path = pack(plugin("stranger", 'import "./other.js";'));
	writeFileSync(join(path, "other.js"), "");
	await installed.add(path, { editable: true });
	const before = catalogue.plugins.get("stranger")?.module;
	expect(before).toContain(path);
	writeFileSync(join(path, "index.js"), plugin("renamed"));
	await installed.reload("stranger");
	expect(catalogue.plugins.has("stranger")).toBe(false);
	expect(catalogue.plugins.get("renamed")?.module).not.toBe(before);
});

test("a changed folder is reloaded by itself, and left as it was while it is broken", async () => {
	const path = pack(plugin("stranger"));
	const told = Promise.withResolvers<string>();
	let heard = Promise.withResolvers<void>();
	const log = { ...silent, warn: (message: string) => told.resolve(message) };
	const changed = async () => heard.resolve();
	using watching = new InstalledPlugins({ folder: shelf, catalogue, log, changed, watch: true });
	await watching.add(path, { editable: true });
	heard = Promise.withResolvers<void>();
	writeFileSync(join(path, "index.js"), "export default nothing");
	expect(await told.promise).toBe("a changed plugin was not reloaded");
	expect(catalogue.plugins.has("stranger")).toBe(true);
	writeFileSync(join(path, "index.js"), plugin("renamed"));
	await heard.promise;
	expect(catalogue.plugins.has("renamed")).toBe(true);
});

test("a reload that fails leaves the last one where it was", async () => {
	const path = pack(plugin("stranger"));
	await installed.add(path, { editable: true });
	const before = catalogue.plugins.get("stranger")?.module;
	writeFileSync(join(path, "index.js"), "throw new Error('half written')");
	await expect(installed.reload("stranger")).rejects.toThrow(refused("plugin/not-loaded", "half written"));
	expect(catalogue.plugins.get("stranger")?.module).toBe(before);
});

test("a plugin goes from the catalogue, then from the disk", async () => {
	await installed.add(TRAILS);
	expect(left()).toHaveLength(1);
	await installed.remove("mutoscope-trails");
	expect(catalogue.plugins.has("trails")).toBe(false);
	expect(left()).toEqual([]);
	await expect(installed.remove("mutoscope-trails")).rejects.toThrow(refused("plugin/unknown"));
	await expect(installed.remove("breathe")).rejects.toThrow(refused("plugin/bundled"));
});

test("a second of the same name is refused, unless it is to take the place of the first", async () => {
	await installed.add(TRAILS);
	await expect(installed.add(TRAILS)).rejects.toThrow(refused("plugin/exists"));
	await installed.add(TRAILS, { upgrade: true });
	expect(left()).toHaveLength(1);
	expect(installed.list()).toHaveLength(1);
});

test("a name that is taken is a clash, and everything stays as it was", async () => {
	await expect(installed.add(pack(plugin("breathe")))).rejects.toThrow(refused("plugin/clash", "breathe"));
	expect(catalogue.plugins.get("breathe")?.module).toBe("file:///breathe");
	expect(installed.list()).toEqual([]);
	expect(left()).toEqual([]);
});

test.each([
	["has no section", {}, null, /mutoscope/],
	["was written for another interface", {}, { api: "^2" }, /version \^2/],
	["names an entry that is not there", {}, { api: "^1", entry: "gone.js" }, /gone\.js/],
	["names an entry outside itself", {}, { api: "^1", entry: "../package.json" }, /entry/],
	["asks for what there is not", {}, { api: "^1", permissions: ["everything"] }, /permissions/],
])("a package that %s is no plugin", async (_what, more, section, message) => {
	await expect(installed.add(pack(plugin("stranger"), more, section))).rejects.toThrow(
		refused("plugin/invalid", message),
	);
	expect(left()).toEqual([]);
});

test.each([
	["throws when it is imported", "throw new Error('not today')", /not today/],
	["exports nothing", "export const five = 5;", /no guest/],
	["ends its process", "process.exit(3)", /code 3/],
	[
		"takes all memory",
		"const all = []; for (;;) all.push(Array.from({ length: 1e5 }, (_, i) => i + String(all.length)));",
		/ended with/,
	],
	[
		"asks for a parameter that cannot be turned",
		`import { definePlugin, z } from "mutoscope/sdk";
		export default definePlugin({ id: "odd", title: "t", description: "d", params: z.object({ when: z.date() }), tap() {} });`,
		/./,
	],
])("a package that %s is not installed", async (_what, module, message) => {
	await expect(installed.add(pack(module))).rejects.toThrow(refused("plugin/not-loaded", message));
	expect(left()).toEqual([]);
});

test("while it is tried a package reads only itself and writes nothing", async () => {
	const secret = join(folder, "secret");
	writeFileSync(secret, "s");
	const reads = `import { readFileSync } from "node:fs"; readFileSync(${JSON.stringify(secret)});`;
	await expect(installed.add(pack(plugin("reader", reads)))).rejects.toThrow(
		refused("plugin/not-loaded", "restricted"),
	);
	const starts = 'import { spawnSync } from "node:child_process"; spawnSync("true");';
	await expect(installed.add(pack(plugin("starter", starts)))).rejects.toThrow(
		refused("plugin/not-loaded", "restricted"),
	);
	await installed.add(pack(plugin("reader", reads), {}, { api: "^1", entry: "index.js", permissions: ["files"] }));
});

test("native code that was not declared, and links, are refused", async () => {
	const native = pack(plugin("native"));
	writeFileSync(join(native, "addon.node"), "");
	await expect(installed.add(native)).rejects.toThrow(refused("plugin/invalid", "native"));
});

test("what npm cannot fetch is told in npm's words", async () => {
	const nowhere = join(folder, "nowhere.tgz");
	await expect(installed.add(nowhere)).rejects.toThrow(refused("plugin/not-installed", "nowhere.tgz"));
	await expect(installed.add("nowhere", { editable: true })).rejects.toThrow(refused("plugin/not-installed"));
	expect(left()).toEqual([]);
});

test("an install that was killed is cleared away by the next", async () => {
	mkdirSync(join(shelf, ".draft-dead"), { recursive: true });
	symlinkSync("/", join(shelf, ".draft-dead", "link"));
	await installed.add(TRAILS);
	expect(left()).toEqual([expect.stringMatching(/^mutoscope-trails-1\.0\.0-/)]);
	expect(existsSync("/etc")).toBe(true);
});
