import * as z from "zod";
import { MutoscopeError } from "../../base/errors.ts";
import type { SessionStatus } from "../../protocol/messages.ts";
import type { Backend } from "../backend.ts";
import { type Route, route } from "../route.ts";
import { inSession, session, status } from "../schemas.ts";

const wanted = z.object({
	name: z.string().min(1).max(64).describe("Also the first segment of its addresses."),
	pipeline: z.string().max(100).optional().describe("Id of the generator."),
	source: z.string().max(100).optional().describe("Id of the source; none unless given."),
});

/** The sessions, and what the whole daemon is doing. */
export function sessionRoutes(backend: Backend): Route[] {
	return [
		route({
			method: "get",
			path: "/api/v1/status",
			role: "viewer",
			tag: "Sessions",
			summary: "What the daemon is doing",
			answers: { 200: { description: "Sessions and processes, with their numbers.", schema: status } },
			handle: () => backend.status(),
		}),
		route({
			method: "get",
			path: "/api/v1/sessions",
			role: "viewer",
			tag: "Sessions",
			summary: "All sessions",
			answers: { 200: { description: "In order of creation.", schema: z.object({ sessions: z.array(session) }) } },
			handle: () => ({ sessions: backend.sessions() }),
		}),
		route({
			method: "get",
			path: "/api/v1/sessions/{session}",
			role: "viewer",
			tag: "Sessions",
			summary: "One session",
			params: inSession,
			answers: { 200: { description: "What it shows, how fast, since when.", schema: session } },
			handle: ({ params }) => sessionNamed(backend, params.session),
		}),
		route({
			method: "post",
			path: "/api/v1/sessions",
			role: "operator",
			tag: "Sessions",
			summary: "Begin a session",
			body: wanted,
			answers: { 201: { description: "It is starting.", schema: session } },
			handle: async ({ body }) => {
				const begun = await backend.createSession(body);
				const headers = { Location: `/api/v1/sessions/${encodeURIComponent(begun.name)}` };
				return Response.json(begun, { status: 201, headers });
			},
		}),
		route({
			method: "post",
			path: "/api/v1/sessions/{session}/restart",
			role: "operator",
			tag: "Sessions",
			summary: "Start a session's processes anew",
			description: "Also out of quarantine. Viewers stay connected and see the last picture meanwhile.",
			params: inSession,
			answers: { 202: { description: "It is starting.", schema: session } },
			handle: async ({ params }) => {
				await backend.restartSession(params.session);
				return sessionNamed(backend, params.session);
			},
		}),
		route({
			method: "delete",
			path: "/api/v1/sessions/{session}",
			role: "operator",
			tag: "Sessions",
			summary: "End a session",
			params: inSession,
			answers: { 204: { description: "It is gone, with its parameters." } },
			handle: ({ params }) => backend.removeSession(params.session),
		}),
	];
}

/** The session of that name. Throws `session/unknown`. */
export function sessionNamed(backend: Backend, name: string): SessionStatus {
	const found = backend.sessions().find((session) => session.name === name);
	if (!found) throw new MutoscopeError("session/unknown", { session: name });
	return found;
}
