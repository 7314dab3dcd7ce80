import * as z from "zod";
import { MutoscopeError } from "../../base/errors.ts";
import { may, type Role } from "../../control/context.ts";
import type { Rules } from "../guard.ts";
import { type Route, route } from "../route.ts";
import { COOKIE_SECONDS, ROLES } from "../tokens.ts";

/** Seconds in which a login link must be used. */
const LINK_SECONDS = 600;

const role = z.enum(ROLES);

/** Who somebody is, and how a browser is signed in. */
export function loginRoutes(rules: Rules): Route[] {
	const { tokens } = rules;
	return [
		route({
			method: "get",
			path: "/login",
			role: "anyone",
			tag: "Sign-in",
			summary: "Sign a browser in with a one-time link",
			query: z.object({ key: z.string().max(200).describe("Works once.") }),
			answers: { 303: { description: "To the page, with a cookie." }, 401: { description: "Used, or too old." } },
			handle: ({ query }) => {
				const granted = tokens.redeem(query.key);
				if (!granted) throw new MutoscopeError("auth/link-used", {});
				return new Response(null, { status: 303, headers: { Location: "/", "Set-Cookie": cookieOf(rules, granted) } });
			},
		}),
		route({
			method: "post",
			path: "/api/v1/login",
			role: "anyone",
			tag: "Sign-in",
			summary: "Sign a browser in with a token",
			body: z.object({ token: z.string().max(1024) }),
			answers: { 200: { description: "With a cookie.", schema: z.object({ role }) } },
			handle: ({ body }) => {
				const granted = tokens.roleOf(body.token);
				if (!granted) throw new MutoscopeError("auth/required", {});
				const link = tokens.linkOf(body.token);
				return Response.json({ role: granted }, { headers: { "Set-Cookie": cookieOf(rules, granted, link) } });
			},
		}),
		route({
			method: "post",
			path: "/api/v1/logout",
			role: "anyone",
			tag: "Sign-in",
			summary: "Forget this browser",
			answers: { 204: { description: "The cookie is gone." } },
			handle: () =>
				new Response(null, { status: 204, headers: { "Set-Cookie": `${rules.cookie}=; Path=/; Max-Age=0` } }),
		}),
		route({
			method: "get",
			path: "/api/v1/me",
			role: "anyone",
			tag: "Sign-in",
			summary: "What this client may do",
			answers: { 200: { description: "No role: it has to sign in.", schema: z.object({ role: role.nullable() }) } },
			handle: ({ role }) => ({ role: role ?? null }),
		}),
		route({
			method: "post",
			path: "/api/v1/login-links",
			role: "admin",
			tag: "Sign-in",
			summary: "A new one-time link",
			body: z.object({ role: role.default("admin") }),
			bodyOptional: true,
			answers: {
				201: { description: "Open it in a browser.", schema: z.object({ url: z.string(), seconds: z.number() }) },
			},
			handle: ({ body, base }) => ({
				url: `${base}/login?key=${tokens.login(body.role, LINK_SECONDS)}`,
				seconds: LINK_SECONDS,
			}),
		}),
	];
}

/** A `Set-Cookie` header that signs a browser in, as long as the `link` that it came by may be used. */
export function cookieOf({ cookie, tokens }: Rules, role: Role, link?: string): string {
	return `${cookie}=${tokens.cookie(role, link)}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${COOKIE_SECONDS}`;
}

/** Whether a link that gives `granted` is worth a cookie: a browser that may do more already keeps what it has. */
export function gains(granted: Role, { tokens, cookie }: Rules, header: string | undefined): boolean {
	const held = header?.split(";").find((pair) => pair.trim().startsWith(`${cookie}=`));
	const role = held === undefined ? undefined : tokens.roleOfCookie(held.trim().slice(cookie.length + 1));
	return role === undefined || !may(role, granted);
}
