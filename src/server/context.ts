import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import type { Ask, Verdict } from "./guard.ts";

/** What travels with a request inside the server. */
export interface Env {
	Bindings: Partial<HttpBindings>;
	Variables: {
		/** What the guard found out. */
		verdict: Verdict & { readonly allowed: true };
		/** Whether errors carry Scope's `detail`. */
		scope: boolean;
	};
}

/** What the guard looks at, of a request. One without a `Host` header was made by a test from its address. */
export function askOf(c: Context<Env>): Ask {
	const url = new URL(c.req.url);
	const header = (name: string) => c.req.header(name);
	return {
		method: c.req.method,
		target: url.pathname + url.search,
		host: header("host") ?? url.host,
		origin: header("origin"),
		site: header("sec-fetch-site"),
		mode: header("sec-fetch-mode"),
		dest: header("sec-fetch-dest"),
		authorization: header("authorization"),
		cookie: header("cookie"),
		remote: remoteOf(c),
	};
}

/** The address of the other side. */
export function remoteOf(c: Context<Env>): string | undefined {
	return c.env?.incoming?.socket.remoteAddress;
}
