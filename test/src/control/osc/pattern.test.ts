import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { isPattern, readPattern } from "../../../../src/control/osc/pattern.ts";

describe("a pattern", () => {
	test.each<[string, string, boolean]>([
		["/a", "/a", true],
		["/a", "/ab", false],
		["/ab", "/a", false],
		["/*", "/scale", true],
		["/*", "/vace/scale", false],
		["/vace/*", "/vace/scale", true],
		["/vace/*", "/vace/a/b", false],
		["/vace/*", "/vace", false],
		["/*/scale", "/vace/scale", true],
		["/v*e/s*e", "/vace/scale", true],
		["/v*e/s*e", "/vace/scales", false],
		["/*a*b*", "/xxaxxbxx", true],
		["/*a*b*", "/xxbxxaxx", false],
		["/prompt/?/weight", "/prompt/1/weight", true],
		["/prompt/?/weight", "/prompt/12/weight", false],
		["/prompt/?/weight", "/prompt//weight", false],
		["/prompt/[1-3]/weight", "/prompt/2/weight", true],
		["/prompt/[1-3]/weight", "/prompt/4/weight", false],
		["/prompt/[!1-3]/weight", "/prompt/4/weight", true],
		["/prompt/[!1-3]/weight", "/prompt/2/weight", false],
		["/[a-cx]", "/x", true],
		["/[-x]", "/-", true],
		["/[x-]", "/-", true],
		["/[3-1]", "/2", true],
		["/[]", "/a", false],
		["/{vace,lora}/scale", "/lora/scale", true],
		["/{vace,lora}/scale", "/loro/scale", false],
		["/{a,ab}c", "/abc", true],
		["/{a,ab}{bc,c}", "/abc", true],
		["/{,un}paused", "/paused", true],
		["/{?+}+Z", "/?++Z", true],
		["/**", "/vace/scale", false],
		["/a//b", "/a/x/b", false],
		["/a.b", "/axb", false],
		["/a+", "/aaa", false],
		["/(a|b)", "/a", false],
	])("%s means %s: %s", (pattern, address, meant) => {
		expect(readPattern(pattern)?.matches(address)).toBe(meant);
	});

	test.each<[string, string, boolean]>([
		["/**", "/a", true],
		["/**", "/vace/scale", true],
		["/main/**", "/main/prompt/1/text", true],
		["/main/**", "/main", true],
		["/main/**", "/other/x", false],
		["/**/weight", "/main/prompt/1/weight", true],
		["/**/weight", "/weight", true],
		["/main//text", "/main/prompt/1/text", true],
		["//text", "/main/prompt/1/text", true],
		["/a/**/b/**/c", "/a/x/b/b/y/c", true],
		["/a/**/b/**/c", "/a/x/c/y/b", false],
		["/**/**/**/a", "/a", true],
		["/*/**", "/main/x", true],
	])("in depth, %s means %s: %s", (pattern, address, meant) => {
		expect(readPattern(pattern, { deep: true })?.matches(address)).toBe(meant);
	});

	test.each([
		[
			"",
			"vace",
			"/[a",
			"/{a",
			"/a]",
			"/a}",
			`/${"a".repeat(256)}`,
			"/a".repeat(17),
			"/*a*b*c*d*",
			`/{${",".repeat(33)}}`,
		],
	])("is none, or more than we allow", (...patterns) => {
		for (const pattern of patterns) expect(readPattern(pattern)).toBeUndefined();
		expect(readPattern(`/${Array.from({ length: 9 }, () => "{a,b,c,d}").join("/")}`)).toBeUndefined();
	});

	test("is told from a name by its characters", () => {
		expect(["/a", "/a.b", "/a-b", "/(a)"].some(isPattern)).toBe(false);
		expect(["/*", "/a?", "/[a]", "/{a}"].every(isPattern)).toBe(true);
	});
});

/** Matches by a regular expression: slow and dangerous, and obviously right. */
function oracle(pattern: string): RegExp {
	const source = pattern.replaceAll(/\*|\?|\[!?[^\]]*\]|\{[^}]*\}|[.+^$()|\\]/g, (part) => {
		if (part === "*") return "[^/]*";
		if (part === "?") return "[^/]";
		if (part.startsWith("[")) return part.replace("[!", "[^/");
		if (part.startsWith("{")) return `(?:${part.slice(1, -1).split(",").join("|")})`;
		return `\\${part}`;
	});
	return new RegExp(`^${source}$`);
}

test("means what a regular expression of it would", () => {
	const piece = fc.constantFrom("a", "b", "c", "*", "?", "[ab]", "[!a]", "[a-c]", "{a,bc}", "{ab,a}", "/");
	const name = fc.array(fc.constantFrom("a", "b", "c", "/"), { maxLength: 10 }).map((parts) => `/${parts.join("")}`);
	fc.assert(
		fc.property(fc.array(piece, { maxLength: 8 }), name, (pieces, address) => {
			const pattern = `/${pieces.join("")}`;
			const read = readPattern(pattern);
			if (read) expect(read.matches(address)).toBe(oracle(pattern).test(address));
		}),
		{ seed: 4, numRuns: 20_000 },
	);
});

describe("a bomb", () => {
	/** Patterns that bring backtracking matchers to their knees, at the edge of what we allow. */
	const BOMBS = [
		`/${"*a".repeat(4)}b`,
		"/*a*a*a*b",
		"/{?+}+Z",
		`/{${"a,".repeat(31)}a}${"?".repeat(100)}`,
		`/${"{a,aa}".repeat(16)}b`,
		`/${"{a,aa,aaa,aaaa}".repeat(8)}b`,
		`/*${"{,a}".repeat(16)}*b`,
		`/${"[a-z]".repeat(50)}`,
		`/*${"?".repeat(200)}*b`,
		...["/**/a/**/a/**/a/**/a/**/a/**/a/**/a/b", `${"//*a*a".repeat(7)}/b`],
	];

	test.each(BOMBS)("is defused: %s", (bomb) => {
		const read = readPattern(bomb, { deep: true });
		const victims = [`/${"a".repeat(255)}`, "/a".repeat(128), `/${"a".repeat(30)}`];
		const steps = vi.spyOn(Set.prototype, "add");
		for (const victim of victims) read?.matches(victim);
		const taken = steps.mock.calls.length;
		steps.mockRestore();
		// Length of the pattern × length of the address × words is the most that any can take; these stay far below.
		expect(taken).toBeLessThan(256 * 256 * 4);
	});
});
