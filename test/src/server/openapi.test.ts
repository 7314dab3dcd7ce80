import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { serve } from "./fake.ts";

const golden = new URL("../../golden/openapi.json", import.meta.url);

type Node = Readonly<Record<string, unknown>>;

async function document(): Promise<
	Node & { paths: Record<string, Record<string, Node>>; components: { schemas: Node } }
> {
	using served = serve();
	return (await served.ask("/api/v1/openapi.json", { token: null })).json() as never;
}

/** `GOLDEN=write npx vitest run test/src/server/openapi.test.ts` after a change that was meant. */
test("the document is the one that was agreed on", async () => {
	const written = await document();
	if (process.env.GOLDEN === "write") writeFileSync(golden, `${JSON.stringify(written, undefined, "\t")}\n`);
	expect(written).toEqual(JSON.parse(readFileSync(golden, "utf8")));
});

test("every reference leads to a schema, and every operation has a name of its own", async () => {
	const { paths, components } = await document();
	const refs = JSON.stringify(paths).matchAll(/#\/components\/schemas\/(\w+)/g);
	for (const [, name] of refs) expect(components.schemas).toHaveProperty(String(name));
	const ids = Object.values(paths).flatMap((methods) => Object.values(methods).map(({ operationId }) => operationId));
	expect(new Set(ids).size).toBe(ids.length);
	expect(ids.length).toBeGreaterThan(50);
});

test("every variable of a path is described", async () => {
	const { paths } = await document();
	for (const [path, methods] of Object.entries(paths)) {
		const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
		for (const { parameters } of Object.values(methods)) {
			const described = (parameters as { name: string; in: string }[]).filter((one) => one.in === "path");
			expect(described.map(({ name }) => name)).toEqual(names);
		}
	}
});

test("the page names every path and schema, and needs no script and no other host", async () => {
	using served = serve();
	const response = await served.ask("/docs", { token: null });
	const text = await response.text();
	const { paths, components } = await document();
	const bare = text.replaceAll("<wbr>", "");
	for (const path of Object.keys(paths)) expect(bare).toContain(`<code>${path}</code>`);
	for (const name of Object.keys(components.schemas)) expect(text).toContain(`id="schema-${name}"`);
	expect(text).not.toMatch(/<script|https?:\/\//);
	expect((await served.ask("/docs/style.css", { token: null })).headers.get("content-type")).toContain("text/css");
});
