import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { peer } from "../peers.ts";
import { Double, PROJECTS, type Project } from "./double.ts";

const python = peer("python3");

/** A copy of a project, changed: what stands in a file of it gives way to something else. */
function changed({ name, component }: Project, file: string, from: string, to: string): Project {
	const folder = mkdtempSync(join(tmpdir(), "mutest-toe-"));
	onTestFinished(() => rmSync(folder, { recursive: true }));
	cpSync(`toe-projects/${name}`, folder, { recursive: true });
	const text = readFileSync(join(folder, file), "latin1");
	expect(text).toContain(from);
	writeFileSync(join(folder, file), text.replace(from, to), "latin1");
	return { name, component, folder };
}

describe.skipIf(!python)("in a double of TouchDesigner, written from its documentation (needs python3)", () => {
	const run = python as string;

	test.each(PROJECTS)("$name is the same network run, pasted, and started from its expanded form", async (project) => {
		const networks = [];
		for (const how of ["run", "paste", "start"] as const) {
			await using double = new Double(run, project, how);
			networks.push((await double.do({ do: "network" })).result);
		}
		expect(networks[1]).toEqual(networks[0]);
		expect(networks[2]).toEqual(networks[0]);
		expect(Object.keys((networks[0] as { operators: object }).operators).length).toBeGreaterThan(15);
	});

	test.each(PROJECTS)("$name built over itself stays as it is, values and all", async (project) => {
		await using double = new Double(run, project);
		await double.do({ do: "set", par: "Session", value: "left" });
		const before = await double.do({ do: "network" });
		const { lines } = await double.do({ do: "build" });
		expect(lines).toEqual([`Built /project1/${project.component}`]);
		expect((await double.do({ do: "network" })).result).toEqual(before.result);
		const { result } = await double.do({ do: "pars" });
		expect(result).toMatchObject({ Session: { value: "left" } });
	});

	test("what is made of the descriptions is what lies in the repository", () => {
		const folder = mkdtempSync(join(tmpdir(), "mutest-toe-"));
		onTestFinished(() => rmSync(folder, { recursive: true }));
		execFileSync(run, ["toe-projects/make.py", folder]);
		for (const { name } of PROJECTS) {
			const list = readFileSync(`${folder}/${name}/${name}.toe.toc`, "utf8").trimEnd().split("\n");
			const files = [`${name}.toe.toc`, "build.py", "network.svg", ...list.map((path) => `${name}.toe.dir/${path}`)];
			for (const file of files) {
				const [made, here] = [`${folder}/${name}`, `toe-projects/${name}`].map((at) => readFileSync(join(at, file)));
				expect(made?.equals(here as Buffer), `${file}: run python3 toe-projects/make.py`).toBe(true);
			}
		}
	});

	test.each([
		[
			"an operator that there is not",
			"build.py",
			"'webclientDAT'",
			"'webclientsDAT'",
			/Undocumented: td.webclientsDAT/,
		],
		["a parameter that it has not", "build.py", "'maxlines': 20", "'maxrows': 20", /oscinDAT has no parameter maxrows/],
		["a word that a menu has not", "build.py", "'wavetype': 'sin'", "'wavetype': 'sine'", /has no word 'sine'/],
		["a method that it has not", "build.py", 'op("http").request(', 'op("http").fetchURL(', /webclientDAT.fetchURL/],
	])("the double refuses %s", async (_, file, from, to, complaint) => {
		await using double = new Double(run, changed(PROJECTS[0], file, from, to));
		await expect(double.do({ do: "frame", seconds: 1 })).rejects.toThrow(complaint);
	});

	test("the double refuses an expanded form whose list lacks a file", async () => {
		const project = changed(PROJECTS[0], "remote-control.toe.toc", "project1/boot.parm\n", "");
		await using double = new Double(run, project, "start");
		await expect(double.do({ do: "network" })).rejects.toThrow(/the list has/);
	});
});
