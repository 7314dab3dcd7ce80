import * as z from "zod";
import { MutoscopeError } from "../../base/errors.ts";
import type { Backend } from "../backend.ts";
import { callWebRtc } from "../call-webrtc.ts";
import { type Answer, type Route, route } from "../route.ts";
import { inSession } from "../schemas.ts";
import { readFragment } from "../sdpfrag.ts";
import type { IceServer } from "../webrtc.ts";
import { sessionNamed } from "./sessions.ts";

const SDP = "application/sdp";
const FRAGMENT = "application/trickle-ice-sdpfrag";

const peer = inSession.extend({ id: z.string().min(1).max(128).describe("From the `Location` of the answer.") });
const query = z.object({ token: z.string().optional().describe("An operator's (WHIP) or viewer's (WHEP) token.") });
const refusals: Record<number, Answer> = {
	415: { description: "Another media type." },
	422: { description: "An offer or a kind of fragment that cannot be answered." },
};

/** WHIP (RFC 9725) brings a picture in, WHEP (draft-ietf-wish-whep) takes it out. */
export function whipRoutes(backend: Backend): Route[] {
	return [...protocol(backend, "whip"), ...protocol(backend, "whep")];
}

function protocol(backend: Backend, kind: "whip" | "whep"): Route[] {
	const role = kind === "whip" ? "operator" : "viewer";
	const tag = kind === "whip" ? "WHIP" : "WHEP";
	const base = `/api/v1/${kind}/{session}`;
	return [
		route({
			method: "post",
			path: base,
			role,
			tag,
			summary: kind === "whip" ? "Bring a camera or OBS in" : "Watch a session",
			params: inSession,
			query,
			body: z.string().min(1).max(200_000),
			types: [SDP],
			answers: {
				201: { description: "The answer; `Location` is the connection, `Link` names ICE servers.", type: SDP },
				...refusals,
			},
			handle: async ({ params, body, role, search, signal }) => {
				const { name } = sessionNamed(backend, params.session);
				const offer = { session: name, sdp: body, kind, role: role ?? "viewer" };
				const { id, sdp, etag, iceServers } = await callWebRtc(backend, "offer", offer, signal);
				const headers = new Headers({ "Content-Type": SDP, ETag: `"${etag}"` });
				headers.set(
					"Location",
					`/api/v1/${kind}/${encodeURIComponent(name)}/${encodeURIComponent(id)}${linked(search)}`,
				);
				headers.set("Accept-Patch", FRAGMENT);
				for (const link of iceServers.flatMap(links)) headers.append("Link", link);
				return new Response(sdp, { status: 201, headers });
			},
		}),
		route({
			method: "patch",
			path: `${base}/{id}`,
			role,
			tag,
			summary: "Add candidates, or restart ICE",
			description:
				"Candidates need `If-Match` with the newest `ETag`; a new fragment and password with `If-Match: *` restart.",
			params: peer,
			query,
			body: z.string().min(1).max(100_000),
			types: [FRAGMENT],
			answers: {
				200: { description: "Restarted: our new fragment, password and candidates, and a new `ETag`.", type: FRAGMENT },
				204: { description: "The candidates were added." },
				412: { description: "The `ETag` is an older one." },
				428: { description: "There is no `If-Match`." },
				...refusals,
			},
			handle: async ({ params, body, header, signal }) => {
				const match = header("if-match")?.trim();
				if (!match) throw new MutoscopeError("webrtc/precondition", {});
				const fragment = readFragment(body);
				if (fragment.candidates.length === 0 && fragment.ufrag === undefined) {
					throw new MutoscopeError("webrtc/invalid-offer", {
						reason: "the fragment holds neither candidates nor a restart",
					});
				}
				const etag = match.replace(/^"(.*)"$/, "$1");
				const done = await callWebRtc(backend, "patch", { id: params.id, ...fragment, etag }, signal);
				if (!done?.sdpfrag) return new Response(null, { status: 204 });
				const headers = { "Content-Type": FRAGMENT, ETag: `"${done.etag ?? etag}"` };
				return new Response(done.sdpfrag, { status: 200, headers });
			},
		}),
		route({
			method: "delete",
			path: `${base}/{id}`,
			role,
			tag,
			summary: "End the connection",
			params: peer,
			query,
			answers: { 200: { description: "It is closed." }, 404: { description: "It is not there." } },
			handle: async ({ params, signal }) => {
				await callWebRtc(backend, "remove", { id: params.id }, signal);
				return new Response(null, { status: 200 });
			},
		}),
	];
}

/** `Link` headers of an ICE server, one for each address. */
function links({ urls, username, credential }: IceServer): string[] {
	return [urls].flat().map((url) => {
		const user = username === undefined ? "" : `; username="${quoted(username)}"`;
		const secret = credential === undefined ? "" : `; credential="${quoted(credential)}"; credential-type="password"`;
		return `<${encodeURI(url)}>; rel="ice-server"${user}${secret}`;
	});
}

function quoted(text: string): string {
	return text.replace(/[^\x20-\x7e]/g, "").replace(/[\\"]/g, "\\$&");
}

/** A client that was let in by the address needs the same again for the connection's own address. */
function linked(search: string): string {
	const token = new URLSearchParams(search).get("token");
	return token === null ? "" : `?token=${encodeURIComponent(token)}`;
}
