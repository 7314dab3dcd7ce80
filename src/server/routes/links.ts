import * as z from "zod";
import type { Backend } from "../backend.ts";
import { type Route, route } from "../route.ts";
import { inSession } from "../schemas.ts";
import type { Tokens } from "../tokens.ts";
import { sessionNamed } from "./sessions.ts";

const watching = { view: z.string(), mjpeg: z.string(), still: z.string(), whep: z.string() };
const described = z
	.object({
		id: z.string().describe("That of its session is the standing one, which is in the addresses it tells."),
		session: z.string(),
		name: z.string().describe("For whom it is."),
		made: z.number().optional().describe("When, as Unix time in seconds; the standing one always was there."),
		...watching,
	})
	.meta({ id: "Link", description: "A way in for those who only watch." });

/** Addresses that hold tokens, and how one of them is taken back. */
export function linkRoutes(backend: Backend, tokens: Tokens): Route[] {
	const { links } = tokens;
	const full = (id: string, session: string, base: string) => addresses(session, base, tokens.link(id));
	return [
		route({
			method: "get",
			path: "/api/v1/sessions/{session}/links",
			role: "operator",
			tag: "Sign-in",
			summary: "Addresses to paste into other programs",
			description: "They hold tokens: whoever has them may watch, and with `whip` be the camera.",
			params: inSession,
			answers: {
				200: {
					description: "For an OBS browser source, for players, for OBS's WHIP service.",
					schema: z.object({ ...watching, whip: z.object({ url: z.string(), token: z.string() }) }),
				},
			},
			handle: ({ params, base }) => {
				const { name } = sessionNamed(backend, params.session);
				const whip = { url: `${base}/api/v1/whip/${encodeURIComponent(name)}`, token: tokens.operator };
				return { ...full(name, name, base), whip };
			},
		}),
		route({
			method: "get",
			path: "/api/v1/links",
			role: "admin",
			tag: "Sign-in",
			summary: "All links that let somebody watch",
			answers: { 200: { description: "Those of sessions first.", schema: z.object({ links: z.array(described) }) } },
			handle: ({ base }) => {
				const standing = backend.sessions().map(({ name }) => ({ id: name, session: name, name: "" }));
				const all = [...standing, ...links.made];
				return { links: all.map((one) => ({ ...one, ...full(one.id, one.session, base) })) };
			},
		}),
		route({
			method: "post",
			path: "/api/v1/links",
			role: "admin",
			tag: "Sign-in",
			summary: "A link for somebody who may watch",
			body: z.object({ session: z.string().max(64).default("main"), name: z.string().min(1).max(100) }),
			answers: { 201: { description: "It lasts until it is withdrawn.", schema: described } },
			handle: async ({ body, base }) => {
				const { name: session } = sessionNamed(backend, body.session);
				const made = await links.make(session, body.name, Date.now() / 1000);
				return { ...made, ...full(made.id, session, base) };
			},
		}),
		route({
			method: "delete",
			path: "/api/v1/links/{link}",
			role: "admin",
			tag: "Sign-in",
			summary: "Withdraw a link",
			description:
				"Nobody comes in by it any more, nor by a cookie that it left. Who is connected stays until the connection ends.",
			params: z.object({ link: z.string().min(1).max(64) }),
			answers: { 204: { description: "The standing one of a session is replaced by another." } },
			handle: async ({ params }) => {
				if (!params.link.includes("~")) sessionNamed(backend, params.link);
				await links.withdraw(params.link);
			},
		}),
	];
}

function addresses(session: string, base: string, token: string) {
	const name = encodeURIComponent(session);
	const api = `${base}/api/v1`;
	return {
		view: `${base}/view/${name}?token=${token}`,
		mjpeg: `${api}/sessions/${name}/preview.mjpeg?token=${token}`,
		still: `${api}/sessions/${name}/frame.png?token=${token}`,
		whep: `${api}/whep/${name}?token=${token}`,
	};
}
