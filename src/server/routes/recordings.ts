import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Readable } from "node:stream";
import * as z from "zod";
import { MutoscopeError } from "../../base/errors.ts";
import type { Backend } from "../backend.ts";
import { rangeOf } from "../range.ts";
import { type Asked, type Route, route } from "../route.ts";
import { inSession } from "../schemas.ts";
import { sessionNamed } from "./sessions.ts";

const recording = z
	.object({
		id: z.string().describe("Its file name."),
		session: z.string(),
		bytes: z.int(),
		modified: z.number().describe("When it was last written, as Unix time in milliseconds."),
		running: z.boolean().describe("Whether it is being written now."),
	})
	.meta({ id: "Recording" });
const byId = z.object({
	id: z.string().min(1).max(200).describe("A recording's id, or a session for its newest one."),
});

/** Recordings: those of Scope's clients are of the session they name, or of `main`. */
export function recordingRoutes(backend: Backend): Route[] {
	const { recordings } = backend;
	const home = (name: string) => scopeSession(backend, name);
	const newest = (session: string) => recordings.list().find((recording) => recording.session === session)?.id;
	return [
		route({
			method: "get",
			path: "/api/v1/recordings",
			role: "viewer",
			tag: "Recordings",
			summary: "All recordings, newest first",
			answers: { 200: { description: "On disk.", schema: z.object({ recordings: z.array(recording) }) } },
			handle: () => ({ recordings: recordings.list() }),
		}),
		route({
			method: "post",
			path: "/api/v1/recordings/{session}/start",
			role: "operator",
			tag: "Recordings",
			summary: "Record a session",
			scope: true,
			params: inSession,
			answers: {
				200: {
					description: "It is being written.",
					schema: z.object({ status: z.enum(["started", "already_recording"]), recording }),
				},
			},
			handle: async ({ params }) => {
				const session = home(params.session);
				const before = recordings.list().some((one) => one.session === session && one.running);
				return { status: before ? "already_recording" : "started", recording: await recordings.start(session) };
			},
		}),
		route({
			method: "post",
			path: "/api/v1/recordings/{session}/stop",
			role: "operator",
			tag: "Recordings",
			summary: "End a session's recording",
			scope: true,
			params: inSession,
			answers: {
				200: {
					description: "The file is whole.",
					schema: z.object({ status: z.enum(["stopped", "not_recording"]), recording: recording.optional() }),
				},
			},
			handle: async ({ params }) => {
				const ended = await recordings.stop(home(params.session));
				return ended ? { status: "stopped", recording: ended } : { status: "not_recording" };
			},
		}),
		route({
			method: "get",
			path: "/api/v1/recordings/{id}",
			role: "operator",
			tag: "Recordings",
			summary: "Download a recording",
			description: "Understands `Range`, also while the file is being written.",
			scope: true,
			params: byId,
			answers: {
				200: { description: "The whole file.", type: "video/mp4" },
				206: { description: "The part that `Range` asks for.", type: "video/mp4" },
				416: { description: "It is shorter than that." },
			},
			handle: (asked) => {
				const { id } = asked.params;
				const own = recordings.list().some((recording) => recording.id === id);
				return download(recordings.path(own ? id : (newest(home(id)) ?? id)), asked);
			},
		}),
		route({
			method: "delete",
			path: "/api/v1/recordings/{id}",
			role: "admin",
			tag: "Recordings",
			summary: "Delete a recording",
			params: byId,
			answers: { 204: { description: "It is gone." } },
			handle: ({ params }) => recordings.remove(params.id),
		}),
	];
}

/** The session that Scope's clients mean: they name it `headless`, or after their own connection. */
function scopeSession(backend: Backend, name: string): string {
	const foreign = name === "headless" || /^[\da-f]{8}-[\da-f-]{27}$/.test(name);
	return foreign ? "main" : sessionNamed(backend, name).name;
}

async function download(path: string, { header, method, signal }: Asked<unknown, unknown, unknown>): Promise<Response> {
	const { size } = await stat(path);
	const range = rangeOf(header("range"), size);
	if (range === "unsatisfiable") throw new MutoscopeError("request/range", { size });
	const { start, end } = range ?? { start: 0, end: size - 1 };
	const name = path.slice(path.lastIndexOf("/") + 1).replace(/[^\w.-]/g, "_");
	const headers = {
		"Content-Type": "video/mp4",
		"Content-Length": String(end - start + 1),
		"Content-Disposition": `attachment; filename="${name}"`,
		"Accept-Ranges": "bytes",
		"Cache-Control": "no-store",
		...(range && { "Content-Range": `bytes ${start}-${end}/${size}` }),
	};
	const empty = method === "HEAD" || size === 0;
	const body = empty ? null : (Readable.toWeb(createReadStream(path, { start, end, signal })) as ReadableStream);
	return new Response(body, { status: range ? 206 : 200, headers });
}
