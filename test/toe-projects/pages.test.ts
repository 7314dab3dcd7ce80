import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { PROJECTS } from "./double.ts";
import { Session } from "./session.ts";

const PAGES = [
	...PROJECTS.map(({ name }) => `toe-projects/${name}/README.md`),
	"toe-projects/README.md",
	"docs/guide/touchdesigner.md",
];

test.each(PAGES)("every address of a session that %s speaks of is there", (page) => {
	const sessions = ["longlive", "pocket"].map((pipeline) => new Session(pipeline).store);
	for (const store of sessions) store.set([["/main/source/kind", "ndi"]], "test");
	const spoken = readFileSync(page, "utf8").matchAll(/[`']\/?(main\/[\w./-]+)['`]/g);
	const missing = [...spoken].map(([, address]) => `/${address}`).filter((one) => !sessions.some((s) => s.takes(one)));
	expect(missing).toEqual([]);
});

test.each(PROJECTS)("$name has its picture and its builder named on its page", ({ name }) => {
	const page = readFileSync(`toe-projects/${name}/README.md`, "utf8");
	expect(page).toContain("](network.svg)");
	expect(readFileSync(`toe-projects/${name}/network.svg`, "utf8")).toContain("drawn from network.py");
});
