import * as z from "zod";
import { reference } from "../docs/page.ts";
import { STYLE } from "../docs/style.ts";
import { openApi } from "../openapi.ts";
import { type Route, route } from "../route.ts";

/** The reference of the other routes: a document for programs, a page for people. */
export function docRoutes(routes: readonly Route[], version: string): Route[] {
	const shared = { method: "get", role: "anyone", tag: "Reference" } as const;
	const document = openApi(routes, version);
	const asJson = (path: string) =>
		route({
			...shared,
			path,
			summary: "This reference as OpenAPI 3.1",
			answers: { 200: { description: "A document.", schema: z.record(z.string(), z.unknown()) } },
			handle: () => document,
		});
	const page = String(reference(document));
	return [
		asJson("/api/v1/openapi.json"),
		asJson("/openapi.json"),
		route({
			...shared,
			path: "/docs",
			summary: "This reference as a page",
			answers: { 200: { description: "A page.", type: "text/html" } },
			handle: () => new Response(page, { headers: { "Content-Type": "text/html; charset=utf-8" } }),
		}),
		route({
			...shared,
			path: "/docs/style.css",
			summary: "How that page looks",
			answers: { 200: { description: "A style sheet.", type: "text/css" } },
			handle: () => new Response(STYLE, { headers: { "Content-Type": "text/css; charset=utf-8" } }),
		}),
	];
}
