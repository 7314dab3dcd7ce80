import * as z from "zod";
import type { Backend } from "../backend.ts";
import { callWebRtc } from "../call-webrtc.ts";
import { type Route, route } from "../route.ts";
import { candidate, iceServer } from "../webrtc.ts";
import { sessionNamed } from "./sessions.ts";

const offer = z.object({
	sdp: z.string().min(1).max(200_000),
	type: z.literal("offer"),
	initialParameters: z.record(z.string(), z.unknown()).nullish().describe("Scope's parameters, to begin with."),
	session: z.string().max(64).default("main").describe("Not in Scope: which session to watch."),
});
const connection = z.object({ id: z.string().min(1).max(128).describe("`sessionId` of the answer.") });

/** WebRTC as Daydream Scope's clients ask for it: a picture each way, and the data channel `parameters`. */
export function webRtcRoutes(backend: Backend): Route[] {
	const shared = { tag: "WebRTC", role: "viewer", scope: true } as const;
	return [
		route({
			...shared,
			method: "get",
			path: "/api/v1/webrtc/ice-servers",
			summary: "STUN and TURN servers to use",
			answers: {
				200: { description: "With credentials that still hold.", schema: z.object({ iceServers: z.array(iceServer) }) },
			},
			handle: async ({ signal }) => ({ iceServers: await callWebRtc(backend, "iceServers", {}, signal) }),
		}),
		route({
			...shared,
			method: "post",
			path: "/api/v1/webrtc/offer",
			summary: "Connect",
			description: "Parameters are obeyed from operators only, at the beginning and on the data channel.",
			body: offer,
			answers: {
				200: {
					description: "The answer, with all our candidates.",
					schema: z.object({ sdp: z.string(), type: z.literal("answer"), sessionId: z.string() }),
				},
			},
			handle: async ({ body, role = "viewer", signal }) => {
				const session = sessionNamed(backend, body.session).name;
				const parameters = body.initialParameters ?? undefined;
				const input = { session, sdp: body.sdp, kind: "scope", role, parameters } as const;
				const { id, sdp } = await callWebRtc(backend, "offer", input, signal);
				return { sdp, type: "answer", sessionId: id };
			},
		}),
		route({
			...shared,
			method: "patch",
			path: "/api/v1/webrtc/offer/{id}",
			summary: "Add candidates",
			params: connection,
			body: z.object({ candidates: z.array(candidate).max(64) }),
			answers: { 204: { description: "They were added." } },
			handle: async ({ params, body, signal }) => {
				await callWebRtc(backend, "patch", { id: params.id, candidates: body.candidates }, signal);
			},
		}),
		route({
			...shared,
			method: "delete",
			path: "/api/v1/webrtc/offer/{id}",
			summary: "Disconnect",
			params: connection,
			answers: { 204: { description: "It is closed." } },
			handle: async ({ params, signal }) => {
				await callWebRtc(backend, "remove", { id: params.id }, signal);
			},
		}),
	];
}
