import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { OpenApi } from "../../../src/server/openapi.ts";
import { serve } from "../../src/server/fake.ts";

const page = new URL("../../../docs/reference/http.md", import.meta.url);
const MARK = "<!-- from here on written by test/docs/reference/http.test.ts -->\n";

async function tables(): Promise<string> {
	using served = serve();
	const { tags, paths } = (await (await served.ask("/openapi.json")).json()) as OpenApi;
	const rows = Object.entries(paths).flatMap(([path, methods]) =>
		Object.entries(methods).map(([method, { tags, summary, description }]) => {
			const role = /Needs the role `(\w+)`/.exec(description)?.[1] ?? "–";
			return { tag: tags[0], row: `| ${method.toUpperCase()} \`${path}\` | ${role} | ${summary} |` };
		}),
	);
	return tags
		.map(({ name }) => {
			const own = rows.filter(({ tag }) => tag === name).map(({ row }) => row);
			return `\n### ${name}\n\n| route | role | |\n|---|---|---|\n${own.join("\n")}\n`;
		})
		.join("");
}

/** `GOLDEN=write npx vitest run test/docs/reference/http.test.ts` writes the tables anew. */
test("the page lists every route with the role it needs", async () => {
	const [intro = ""] = readFileSync(page, "utf8").split(MARK);
	const whole = `${intro}${MARK}${await tables()}`;
	if (process.env.GOLDEN === "write") writeFileSync(page, whole);
	expect(readFileSync(page, "utf8")).toBe(whole);
});
