import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ERRORS } from "../../../src/base/errors.ts";

const page = new URL("../../../docs/reference/errors.md", import.meta.url);
const MARK = "<!-- from here on written by test/docs/reference/errors.test.ts -->\n";

function tables(): string {
	const entries = Object.entries(ERRORS) as [string, { status: number; message: string; hint?: string }][];
	const areas = [...new Set(entries.map(([code]) => code.split("/")[0]))].sort();
	return areas
		.map((area) => {
			const own = entries.filter(([code]) => code.startsWith(`${area}/`)).sort(([a], [b]) => (a < b ? -1 : 1));
			const rows = own.map(
				([code, { status, message, hint = "" }]) => `| \`${code}\` | ${status} | ${message} | ${hint} |`,
			);
			return `\n## ${area}\n\n| code | status | sentence | what to do |\n|---|---|---|---|\n${rows.join("\n")}\n`;
		})
		.join("");
}

/** `GOLDEN=write npx vitest run test/docs/reference/errors.test.ts` writes the tables anew. */
test("the page lists every error that there is, and no other", () => {
	const [intro = ""] = readFileSync(page, "utf8").split(MARK);
	const whole = `${intro}${MARK}${tables()}`;
	if (process.env.GOLDEN === "write") writeFileSync(page, whole);
	expect(readFileSync(page, "utf8")).toBe(whole);
});
