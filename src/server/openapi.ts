import * as z from "zod";
import type { Answer, Route } from "./route.ts";
import { error } from "./schemas.ts";

type Json = Record<string, unknown>;

/** An OpenAPI document, as far as we read it ourselves. */
export interface OpenApi extends Json {
	readonly openapi: string;
	readonly info: { readonly title: string; readonly version: string; readonly description: string };
	readonly tags: readonly { readonly name: string }[];
	readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
	readonly components: Json & { readonly schemas: Readonly<Record<string, Json>> };
}

/** One route in an OpenAPI document. */
export interface Operation extends Json {
	readonly tags: readonly string[];
	readonly summary: string;
	readonly description: string;
	readonly parameters: readonly { name: string; in: string; required: boolean; description?: string; schema: Json }[];
	readonly requestBody?: { readonly required: boolean; readonly content: Readonly<Record<string, { schema: Json }>> };
	readonly responses: Readonly<
		Record<string, { $ref?: string; description: string; content?: Record<string, { schema?: Json }> }>
	>;
}

/** The OpenAPI 3.1 document of routes, written from the schemas that check their requests. */
export function openApi(routes: readonly Route[], version: string): OpenApi {
	const schemas: Record<string, Json> = {};
	const paths: Record<string, Record<string, Operation>> = {};
	for (const each of routes) {
		const path = each.path.replace("+}", "}");
		paths[path] = { ...paths[path], [each.method]: operation(each, schemas) };
	}
	hoisted(z.toJSONSchema(error, { io: "output" }), schemas);
	return {
		openapi: "3.1.0",
		info: {
			title: "Mutoscope",
			version,
			description:
				"Real-time video, steered live. Send a token as `Authorization: Bearer …`; a browser that was signed in has a cookie.",
		},
		tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
		security: [{ token: [] }, { cookie: [] }],
		paths,
		components: {
			securitySchemes: {
				token: { type: "http", scheme: "bearer" },
				cookie: { type: "apiKey", in: "cookie", name: "mutoscope-<port>" },
			},
			responses: {
				Error: {
					description: "Refused. `code` says why, `hint` what to do.",
					content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
				},
			},
			schemas: Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1))),
		},
	};
}

function operation(each: Route, schemas: Record<string, Json>): Operation {
	const { method, tag, summary, description, role, body, types = ["application/json"], bodyOptional, answers } = each;
	const asked = (schema: z.ZodType) => hoisted(z.toJSONSchema(schema, { io: "input" }), schemas);
	const parameters = [...named(each.params, "path", asked), ...named(each.query, "query", asked)];
	const needs = role === "anyone" ? "For anyone." : `Needs the role \`${role}\`.`;
	const content = (schema: Json) => Object.fromEntries(types.map((type) => [type, { schema }]));
	return {
		operationId: nameOf(method, each.path),
		tags: [tag],
		summary,
		description: description ? `${description} ${needs}` : needs,
		parameters,
		...(role === "anyone" && { security: [] }),
		...(body && { requestBody: { required: bodyOptional !== true, content: content(asked(body)) } }),
		responses: {
			...Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, response(answer, schemas)])),
			default: { $ref: "#/components/responses/Error", description: "Refused." },
		},
	};
}

function nameOf(method: string, path: string): string {
	const place = path.startsWith("/api/v1/") ? path.slice("/api/v1/".length) : `root${path}`;
	return `${method}-${place.replace(/[^a-z]+/gi, "-").replace(/-$/, "")}`;
}

function response({ description, schema, type }: Answer, schemas: Record<string, Json>) {
	if (schema) {
		const written = hoisted(z.toJSONSchema(schema, { io: "output" }), schemas);
		return { description, content: { [type ?? "application/json"]: { schema: written } } };
	}
	return type ? { description, content: { [type]: {} } } : { description };
}

function named(schema: z.ZodObject | undefined, where: "path" | "query", asked: (schema: z.ZodType) => Json) {
	return Object.entries(schema?.shape ?? {}).map(([name, field]) => {
		const { description, ...rest } = asked(field as z.ZodType) as Json & { description?: string };
		const required = where === "path" || !(field as z.ZodType).safeParse(undefined).success;
		return { name, in: where, required, ...(description !== undefined && { description }), schema: rest };
	});
}

/** Moves what has a name of its own to the components, once. */
function hoisted(written: unknown, schemas: Record<string, Json>): Json {
	const { $schema: _, $defs = {}, ...rest } = written as Json & { $defs?: Record<string, Json> };
	for (const [name, { id: _id, ...schema }] of Object.entries($defs)) schemas[name] = referring(schema) as Json;
	return referring(rest) as Json;
}

function referring(node: unknown): unknown {
	if (Array.isArray(node)) return node.map(referring);
	if (typeof node !== "object" || node === null) return node;
	return Object.fromEntries(
		Object.entries(node).map(([key, value]) => {
			const ref = key === "$ref" && typeof value === "string";
			return [key, ref ? value.replace("#/$defs/", "#/components/schemas/") : referring(value)];
		}),
	);
}
