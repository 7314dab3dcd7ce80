import * as z from "zod";
import type { Backend } from "../backend.ts";
import { MULTIPART, type Previews } from "../preview.ts";
import { type Route, route } from "../route.ts";
import { inSession } from "../schemas.ts";
import { sessionNamed } from "./sessions.ts";

const quality = z.coerce.number().int().min(1).max(100).default(85).describe("Of the JPEG.");
const width = z.coerce.number().int().min(16).max(8192).optional().describe("In pixels; the height follows.");
const token = z.string().optional().describe("A viewer token, where headers cannot be sent.");

/** What a session shows now, for tools without WebRTC: stills, and a stream of them. */
export function pictureRoutes(backend: Backend, previews: Previews): Route[] {
	return [
		...(["png", "jpeg", "jpg"] as const).map((ending) => {
			const format = ending === "png" ? ("png" as const) : ("jpeg" as const);
			return route({
				method: "get",
				path: `/api/v1/sessions/{session}/frame.${ending}`,
				role: "viewer",
				tag: "Pictures",
				summary: `The picture that a session shows now, as ${format === "png" ? "PNG" : "JPEG"}`,
				params: inSession,
				query: z.object({ width, quality, token }),
				answers: { 200: { description: "The picture.", type: `image/${format}` } },
				handle: async ({ params, query, signal }) => {
					const wanted = { format, width: query.width, quality: query.quality };
					return picture(await backend.still(params.session, wanted, signal), `image/${format}`);
				},
			});
		}),
		route({
			method: "get",
			path: "/api/v1/sessions/{session}/preview.mjpeg",
			role: "viewer",
			tag: "Pictures",
			summary: "A moving preview as motion JPEG",
			description: "For tools without WebRTC. One encoder serves all who ask for the same; slow readers skip pictures.",
			params: inSession,
			query: z.object({
				fps: z.coerce.number().min(0.1).max(30).default(10).describe("Pictures a second at most."),
				width: z.coerce.number().int().min(16).max(1920).default(640).describe("In pixels; the height follows."),
				quality: quality.default(70),
				token,
			}),
			answers: { 200: { description: "Pictures until the client leaves.", type: "multipart/x-mixed-replace" } },
			handle: ({ params, query: { fps, width, quality }, method }) => {
				const { name } = sessionNamed(backend, params.session);
				const headers = { "Content-Type": MULTIPART, "Cache-Control": "no-store", Connection: "close" };
				if (method === "HEAD") return new Response(null, { headers });
				const key = JSON.stringify([name, fps, width, quality]);
				const grab = (signal: AbortSignal) => backend.still(name, { format: "jpeg", quality, width }, signal);
				return new Response(previews.view(key, fps, grab), { headers });
			},
		}),
	];
}

/** An answer that is a picture of this moment. */
export function picture(bytes: Uint8Array, type: string): Response {
	return new Response(bytes as Uint8Array<ArrayBuffer>, {
		headers: { "Content-Type": type, "Cache-Control": "no-store" },
	});
}
