import { existsSync, globSync, readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const sources = globSync("{src,bridges,pipelines,plugins}/**/*.{ts,tsx}");

test("no file is over 300 lines", () => {
	expect(sources.length).toBeGreaterThan(200);
	const long = sources.filter((path) => readFileSync(path, "utf8").split("\n").length > 301);
	expect(long).toEqual([]);
});

test("no file is named after nothing", () => {
	expect(sources.filter((path) => /(utils?|helpers?|manager|common|misc|types)\.tsx?$/.test(path))).toEqual([]);
});

test.each(["bridges", "pipelines", "plugins"])("each guest in %s has a definition, a page and a test", (folder) => {
	const guests = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
	expect(guests.length).toBeGreaterThan(0);
	for (const { name } of guests) {
		expect(existsSync(`${folder}/${name}/index.ts`), `${name}/index.ts`).toBe(true);
		expect(existsSync(`${folder}/${name}/README.md`), `${name}/README.md`).toBe(true);
		expect(globSync(`test/${folder}/${name}{,*,/**/*}.test.ts`), `tests of ${name}`).not.toEqual([]);
	}
});

test("the top level has the folders that it should have, and no other", () => {
	const folders = readdirSync(".", { withFileTypes: true })
		.filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
		.map(({ name }) => name)
		.filter((name) => !["node_modules", "dist", "coverage"].includes(name));
	expect(folders.sort()).toEqual([
		"bridges",
		"docs",
		"examples",
		"pipelines",
		"plugins",
		"src",
		"test",
		"toe-projects",
	]);
});

test("links between our pages lead somewhere", () => {
	const pages = [
		"README.md",
		"CONTRIBUTING.md",
		...globSync("{docs,bridges,pipelines,plugins,toe-projects,examples}/**/*.md"),
	];
	const broken = pages.flatMap((page) => {
		const links = [...readFileSync(page, "utf8").matchAll(/\]\((?!https?:|#)([^)#\s]+)(?:#[^)]*)?\)/g)];
		const targets = links.map(([, link]) =>
			new URL(link as string, new URL(page, "file:///house/")).pathname.slice("/house/".length),
		);
		return targets.filter((target) => !existsSync(decodeURIComponent(target))).map((target) => `${page} → ${target}`);
	});
	expect(broken).toEqual([]);
});
