import type { MiddlewareHandler } from "hono";
import { MutoscopeError } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import type { Buckets } from "./buckets.ts";
import { askOf, type Env, remoteOf } from "./context.ts";
import { judge, type Rules } from "./guard.ts";

/** Refusals that are logged; past that they are only counted. */
const TOLD = 100;

/** Puts the guard in front of every request, and each client on its ration. Each kind of refusal is logged once. */
export function gate(rules: Rules, buckets: Buckets, log: Log): MiddlewareHandler<Env> {
	const told = new Set<string>();
	const tell = ({ message, hint, code }: MutoscopeError) => {
		if (told.has(message) || told.size >= TOLD) return;
		told.add(message);
		log.info(message, { code, hint });
	};
	return async (c, next) => {
		const verdict = judge(askOf(c), rules);
		const who = verdict.allowed ? (verdict.role ?? "nobody") : "refused";
		const seconds = buckets.take(`${remoteOf(c) ?? ""} ${who}`);
		if (seconds > 0) {
			c.header("Retry-After", String(Math.ceil(seconds)));
			throw new MutoscopeError("request/too-many", { reason: `try again in ${seconds.toFixed(2)} s` });
		}
		if (!verdict.allowed) {
			tell(verdict.error);
			throw verdict.error;
		}
		c.set("verdict", verdict);
		await next();
	};
}

/** Lets configured foreign pages read answers, and says what is taken. All other pages never see such a header. */
export const cors: MiddlewareHandler<Env> = async (c, next) => {
	const origin = c.get("verdict").cors;
	const options = c.req.method === "OPTIONS";
	if (options) c.res = new Response(null, { status: 204 });
	else await next();
	if (origin !== undefined) {
		c.header("Access-Control-Allow-Origin", origin);
		c.header("Access-Control-Expose-Headers", "Location, ETag, Link, Accept-Patch, Retry-After");
		c.header("Vary", "Origin", { append: true });
	}
	if (!options) return;
	if (/^\/api\/v1\/wh[ie]p\/[^/]+$/.test(c.req.path)) c.header("Accept-Post", "application/sdp");
	c.header("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
	if (origin === undefined) return;
	c.header("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE");
	c.header("Access-Control-Allow-Headers", "Authorization, Content-Type, If-Match, Range");
	c.header("Access-Control-Max-Age", "600");
};

const API = "default-src 'none'; frame-ancestors 'none'";

/** Headers that keep browsers from doing more with an answer than it was meant for. */
export const hardened: MiddlewareHandler<Env> = async (c, next) => {
	await next();
	const page = c.res.headers.get("content-type")?.startsWith("text/html") ?? false;
	const host = c.req.header("host") ?? new URL(c.req.url).host;
	c.header("Content-Security-Policy", page ? policyOf(host) : API);
	c.header("Cross-Origin-Resource-Policy", "same-origin");
	c.header("X-Content-Type-Options", "nosniff");
	c.header("Referrer-Policy", "no-referrer");
	if (!page) return;
	c.header("Cross-Origin-Opener-Policy", "same-origin");
	c.header("Permissions-Policy", "camera=(self), microphone=(self), display-capture=(self), midi=(self)");
};

/** What a page of ours may load: itself. `host` has passed the guard, or the page is an error without anything to load. */
export function policyOf(host: string): string {
	const socket = /^[\w.:[\]-]+$/.test(host) ? ` ws://${host} wss://${host}` : "";
	return [
		"default-src 'none'",
		"script-src 'self'",
		"style-src 'self'",
		"style-src-attr 'unsafe-inline'",
		"img-src 'self' blob: data:",
		"media-src 'self' blob: mediastream:",
		"font-src 'self'",
		"worker-src 'self' blob:",
		"manifest-src 'self'",
		`connect-src 'self'${socket}`,
		"base-uri 'none'",
		"form-action 'self'",
		"frame-ancestors 'self'",
	].join("; ");
}
