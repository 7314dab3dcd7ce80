import * as z from "zod";
import type { Backend, BridgeOffer } from "../backend.ts";
import { type Route, route } from "../route.ts";

const schema = z.record(z.string(), z.unknown()).describe("JSON Schema (draft 2020-12) of its parameters.");
const pipeline = z
	.object({
		id: z.string(),
		title: z.string(),
		description: z.string(),
		source: z.string().describe("Where the idea comes from."),
		modes: z.array(z.enum(["text", "video"])).describe("What it makes pictures of; the first is its default."),
		schema,
		plugin: z.string().optional().describe("The plugin that brought it."),
	})
	.meta({ id: "Pipeline" });
const bridge = z
	.object({
		id: z.string(),
		title: z.string(),
		description: z.string(),
		available: z.boolean(),
		reason: z.string().optional().describe("Why it is not available."),
		schema,
	})
	.meta({ id: "Bridge" });

/** What sessions can be made of: pipelines, sources and sinks. */
export function guestRoutes(backend: Backend): Route[] {
	return [
		route({
			method: "get",
			path: "/api/v1/pipelines",
			role: "viewer",
			tag: "Guests",
			summary: "All pipelines",
			description: "One is chosen by setting `/main/session/pipeline`.",
			answers: { 200: { description: "What makes pictures.", schema: z.object({ pipelines: z.array(pipeline) }) } },
			handle: () => ({ pipelines: backend.pipelines() }),
		}),
		bridges("sources", "All kinds of sources", "One is chosen by setting `/main/source/kind`.", () =>
			backend.sources(),
		),
		route({
			method: "get",
			path: "/api/v1/sources/{source}",
			role: "viewer",
			tag: "Guests",
			summary: "What a kind of source can be told to take",
			description: "Names that were found so far, of other programs' video: ask again for those that came later.",
			params: z.object({ source: z.string().max(60) }),
			answers: { 200: { description: "Their names.", schema: z.object({ choices: z.array(z.string()) }) } },
			handle: async ({ params, signal }) => ({ choices: [...(await backend.choices(params.source, signal))] }),
		}),
		bridges("sinks", "All kinds of sinks", "One is switched on by `/main/sink/<id>/enabled`.", () => backend.sinks()),
		route({
			method: "get",
			path: "/api/v1/rings",
			role: "viewer",
			tag: "Guests",
			summary: "Rings in shared memory",
			description: "What a source of kind `ring` can read: other programs' frames, and those of our own sessions.",
			answers: { 200: { description: "Their names.", schema: z.object({ rings: z.array(z.string()) }) } },
			handle: () => ({ rings: [...backend.rings()] }),
		}),
	];
}

function bridges<K extends "sources" | "sinks">(
	key: K,
	summary: string,
	description: string,
	list: () => readonly BridgeOffer[],
): Route {
	return route({
		method: "get",
		path: `/api/v1/${key}`,
		role: "viewer",
		tag: "Guests",
		summary,
		description,
		answers: {
			200: { description: "Also those that cannot work here.", schema: z.object({ [key]: z.array(bridge) }) },
		},
		handle: () => ({ [key]: list() }),
	});
}
