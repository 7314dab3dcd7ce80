import { type Context, Hono } from "hono";
import { MutoscopeError } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import { may } from "../control/context.ts";
import type { Backend } from "./backend.ts";
import { checked, readBody } from "./body.ts";
import { Buckets } from "./buckets.ts";
import { type Env, remoteOf } from "./context.ts";
import { failure } from "./failure.ts";
import { cors, gate, hardened } from "./gate.ts";
import type { Rules } from "./guard.ts";
import { Previews } from "./preview.ts";
import type { Route } from "./route.ts";
import { docRoutes } from "./routes/docs.ts";
import { guestRoutes } from "./routes/guests.ts";
import { healthRoutes } from "./routes/health.ts";
import { linkRoutes } from "./routes/links.ts";
import { cookieOf, gains, loginRoutes } from "./routes/login.ts";
import { loraRoutes } from "./routes/loras.ts";
import { modelRoutes } from "./routes/models.ts";
import { paramRoutes } from "./routes/params.ts";
import { pictureRoutes } from "./routes/pictures.ts";
import { pluginRoutes } from "./routes/plugins.ts";
import { presetRoutes } from "./routes/presets.ts";
import { recordingRoutes } from "./routes/recordings.ts";
import { scopeRoutes } from "./routes/scope.ts";
import { sessionRoutes } from "./routes/sessions.ts";
import { webRtcRoutes } from "./routes/webrtc.ts";
import { whipRoutes } from "./routes/whip.ts";
import { StaticFiles } from "./static.ts";

/** What the server is made of. */
export interface AppOptions {
	readonly backend: Backend;
	readonly rules: Rules;
	/** The folder of the built page. */
	readonly ui: string;
	readonly log: Log;
	/** Requests a second that one client may send in the long run, and at once. */
	readonly ration?: { readonly rate: number; readonly burst: number };
	/** Seconds on a clock that never jumps. */
	readonly now?: () => number;
}

/** The server without its socket. */
export interface App {
	readonly fetch: (request: Request, env?: Env["Bindings"]) => Response | Promise<Response>;
	/** As `fetch`, from an address: for tests. */
	readonly request: Hono<Env>["request"];
	/** Ends everything that streams. May be called twice. */
	readonly close: () => void;
}

/** Every route that a daemon serves, documented by `/docs`. */
function routesOf(options: AppOptions, previews: Previews, served: ReadonlyMap<number, number>): Route[] {
	const { backend, rules } = options;
	const routes = [
		...sessionRoutes(backend),
		...paramRoutes(backend),
		...guestRoutes(backend),
		...pluginRoutes(backend),
		...modelRoutes(backend),
		...loraRoutes(backend),
		...presetRoutes(backend),
		...pictureRoutes(backend, previews),
		...recordingRoutes(backend),
		...whipRoutes(backend),
		...webRtcRoutes(backend),
		...loginRoutes(rules),
		...linkRoutes(backend, rules.tokens),
		...healthRoutes(backend, () => [requests(served)]),
		...scopeRoutes(backend),
	];
	return [...routes, ...docRoutes(routes, backend.version)];
}

/** Composes the server. */
export function createApp(options: AppOptions): App {
	const { rules, ui, log, ration = { rate: 300, burst: 600 } } = options;
	const now = options.now ?? (() => performance.now() / 1000);
	const app = new Hono<Env>();
	const files = new StaticFiles(ui);
	const previews = new Previews();
	const served = new Map<number, number>();
	app.onError((error, c) => failure(c, error, log));
	app.use(async (c, next) => {
		await next();
		served.set(c.res.status, (served.get(c.res.status) ?? 0) + 1);
	});
	app.use(hardened);
	app.use(gate(rules, new Buckets({ ...ration, now }), log));
	app.use(cors);
	const routes = routesOf(options, previews, served);
	for (const route of routes) app.on(route.method.toUpperCase(), pattern(route.path), (c) => answer(c, route));
	for (const path of new Set(routes.map(({ path }) => path)))
		app.all(pattern(path), (c) => wrongMethod(c, routes, path));
	app.get("/", (c) => page(c, files, rules, "/index.html"));
	app.get("/view/:session", (c) => page(c, files, rules, "/view.html"));
	app.notFound(async (c) => {
		const asset = c.req.method === "GET" && !c.req.path.startsWith("/api/") ? await files.serve(c.req.path) : undefined;
		return asset ?? failure(c, new MutoscopeError("request/not-found", { path: c.req.path.slice(0, 200) }), log);
	});
	return { fetch: app.fetch, request: app.request, close: () => previews.close() };
}

async function answer(c: Context<Env>, route: Route): Promise<Response> {
	const { role } = c.get("verdict");
	c.set("scope", route.scope === true);
	if (route.role !== "anyone") {
		if (role === undefined) throw new MutoscopeError("auth/required", {});
		if (!may(role, route.role)) throw new MutoscopeError("auth/forbidden", { role, needed: route.role });
	}
	const url = new URL(c.req.url);
	const asked = {
		params: route.params ? checked(route.params, c.req.param(), "path") : {},
		query: route.query ? checked(route.query, c.req.query(), "query") : {},
		body: route.method === "get" ? undefined : await readBody(c.req.raw, route),
		role,
		origin: `http:${remoteOf(c) ?? "here"}`,
		header: (name: string) => c.req.header(name),
		base: `${url.protocol}//${c.req.header("host") ?? url.host}`,
		search: url.search,
		method: c.req.method,
		signal: c.req.raw.signal,
	};
	const result = await route.handle(asked);
	if (result instanceof Response) return result;
	const [status = "200"] = Object.keys(route.answers);
	if (result === undefined) return new Response(null, { status: 204 });
	return Response.json(result, { status: Number(status), headers: { "Cache-Control": "no-store" } });
}

/** A page of ours. A link with a token is turned into a cookie, so that the token leaves the address. */
async function page(c: Context<Env>, files: StaticFiles, rules: Rules, name: string): Promise<Response> {
	const { role, by, link } = c.get("verdict");
	if (by === "link" && role) {
		const url = new URL(c.req.url);
		url.searchParams.delete("token");
		if (gains(role, rules, c.req.header("cookie"))) c.header("Set-Cookie", cookieOf(rules, role, link));
		return c.redirect(url.pathname + url.search, 303);
	}
	const found = (await files.serve(name)) ?? (await files.serve("/index.html"));
	if (!found) throw new MutoscopeError("server/no-page", {});
	if (by === "cookie" && role) found.headers.append("Set-Cookie", cookieOf(rules, role, link));
	return found;
}

function wrongMethod(c: Context<Env>, routes: readonly Route[], path: string): never {
	const allowed = routes.filter((route) => route.path === path).map(({ method }) => method.toUpperCase());
	c.header("Allow", [...allowed, "OPTIONS"].join(", "));
	throw new MutoscopeError("request/method", { path: c.req.path.slice(0, 200), method: c.req.method });
}

/** A path as OpenAPI writes it, as Hono does. */
function pattern(path: string): string {
	return path.replace(/\{(\w+)\+\}/g, ":$1{.+}").replace(/\{(\w+)\}/g, ":$1");
}

function requests(served: ReadonlyMap<number, number>) {
	const samples = [...served].map(([status, value]) => ({ labels: { status: String(status) }, value }));
	return { name: "mutoscope_http_requests_total", help: "Requests answered.", type: "counter" as const, samples };
}
