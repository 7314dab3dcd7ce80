import * as z from "zod";
import type { Backend } from "../backend.ts";
import { type Route, route } from "../route.ts";
import { applied, curve, value } from "../schemas.ts";
import { answer } from "./params.ts";

const preset = z
	.object({
		name: z.string(),
		session: z.string().describe("The session it was taken from."),
		saved: z.number().describe("When, as Unix time in seconds."),
		values: z.record(z.string(), value).describe("By address relative to the session."),
	})
	.meta({ id: "Preset" });
const named = z.object({ name: z.string().min(1).max(100) });
const recall = z.object({
	session: z.string().max(64).optional().describe("Into which session; the one it was taken from unless given."),
	seconds: z.number().min(0).max(3600).default(0).describe("How long numbers travel."),
	curve,
});

/** Parameter values that are kept under a name. */
export function presetRoutes({ presets }: Backend): Route[] {
	return [
		route({
			method: "get",
			path: "/api/v1/presets",
			role: "viewer",
			tag: "Presets",
			summary: "All presets",
			answers: { 200: { description: "By name.", schema: z.object({ presets: z.array(preset) }) } },
			handle: async () => ({ presets: await presets.list() }),
		}),
		route({
			method: "get",
			path: "/api/v1/presets/{name}",
			role: "viewer",
			tag: "Presets",
			summary: "One preset",
			params: named,
			answers: { 200: { description: "With its values.", schema: preset } },
			handle: ({ params }) => presets.get(params.name),
		}),
		route({
			method: "put",
			path: "/api/v1/presets/{name}",
			role: "operator",
			tag: "Presets",
			summary: "Keep a session's values under a name",
			description: "An older preset of that name is replaced.",
			params: named,
			body: z.object({ session: z.string().max(64).default("main") }),
			bodyOptional: true,
			answers: { 200: { description: "It is on disk.", schema: preset } },
			handle: ({ params, body }) => presets.save(params.name, body.session),
		}),
		route({
			method: "post",
			path: "/api/v1/presets/{name}/recall",
			role: "operator",
			tag: "Presets",
			summary: "Put a preset's values back",
			params: named,
			body: recall,
			bodyOptional: true,
			answers: { 200: { description: "It lands in one chunk, or begins to travel.", schema: applied } },
			handle: async ({ params, body, origin }) => answer(await presets.recall(params.name, body, origin), false),
		}),
		route({
			method: "delete",
			path: "/api/v1/presets/{name}",
			role: "operator",
			tag: "Presets",
			summary: "Forget a preset",
			params: named,
			answers: { 204: { description: "It is gone." } },
			handle: ({ params }) => presets.remove(params.name),
		}),
	];
}
