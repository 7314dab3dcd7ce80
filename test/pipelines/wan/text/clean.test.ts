import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { cleanPrompt } from "../../../../pipelines/wan/text/clean.ts";

/** Made with ftfy 6.3.1 and Python's html.unescape: fix_text, unescape twice, white space collapsed. */
const cases: { text: string; clean: string }[] = JSON.parse(
	readFileSync(new URL("./fixtures/clean.json", import.meta.url), "utf8"),
);

test.each(cases)("$text is cleaned as ftfy and Python clean it", ({ text, clean }) => {
	expect(cleanPrompt(text)).toBe(clean);
});

test("a clean prompt stays as it is", () => {
	for (const { clean } of cases.filter((each) => !/[&<]/.test(each.clean))) expect(cleanPrompt(clean)).toBe(clean);
});

test("a prompt of a million characters does not hold anybody up", () => {
	const long = "cafÃ© & &amp; “fox” ".repeat(50_000);
	expect(cleanPrompt(long)).toHaveLength('café & & "fox" '.length * 50_000 - 1);
});
