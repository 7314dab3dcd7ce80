import { MutoscopeError } from "../base/errors.ts";
import type { Role } from "../control/context.ts";
import type { Tokens } from "./tokens.ts";

/** What the guard looks at: a request or an upgrade, before anything else has read it. Everything is as it was sent. */
export interface Ask {
	readonly method: string;
	/** Path and query. */
	readonly target: string;
	/** Whether it asks for a WebSocket. */
	readonly upgrade?: boolean | undefined;
	readonly host: string | undefined;
	readonly origin: string | undefined;
	/** `Sec-Fetch-Site`, `-Mode` and `-Dest`. */
	readonly site: string | undefined;
	readonly mode: string | undefined;
	readonly dest: string | undefined;
	readonly authorization: string | undefined;
	readonly cookie: string | undefined;
	/** Where it comes from: an IP address. */
	readonly remote: string | undefined;
}

/** Whom the daemon answers. */
export interface Rules {
	readonly tokens: Tokens;
	/** Values of `Host` in lower case, ports included. */
	readonly hosts: ReadonlySet<string>;
	/** Origins of our own pages. */
	readonly own: ReadonlySet<string>;
	/** Origins of foreign pages that may talk to us, with a token. */
	readonly foreign: ReadonlySet<string>;
	/** The name of the cookie. */
	readonly cookie: string;
	/** The role of a program on this machine that sends no token; none unless set. */
	readonly local: Role | undefined;
}

/** What the guard says. */
export type Verdict =
	| {
			readonly allowed: true;
			/** What the sender proved to be; without it only what is for anyone. */
			readonly role: Role | undefined;
			/** How it was proved. */
			readonly by: "token" | "link" | "cookie" | "local" | "nothing";
			/** The link that it stands on: an address that was given to somebody, or a cookie that it left. */
			readonly link?: string | undefined;
			/** The foreign origin that may read the answer. */
			readonly cors: string | undefined;
	  }
	| { readonly allowed: false; readonly error: MutoscopeError };

/** What a config says about who is answered. */
export interface RuleOptions {
	readonly port: number;
	readonly tokens: Tokens;
	/** The address that is listened on. */
	readonly listen?: string | undefined;
	/** Further names of this machine, with our port unless they have their own: `studio.local`, `vj.example:443`. */
	readonly hosts?: readonly string[] | undefined;
	/** Origins of foreign pages that may talk to us: `https://panel.example`. */
	readonly origins?: readonly string[] | undefined;
	readonly local?: Role | undefined;
}

/** The rules of a daemon that listens on `port`. */
export function rulesOf({ port, tokens, listen = "127.0.0.1", hosts = [], origins = [], local }: RuleOptions): Rules {
	const everywhere = listen === "0.0.0.0" || listen === "::";
	const address = listen.includes(":") ? `[${listen}]` : listen;
	const answered = new Set<string>();
	const own = new Set<string>();
	for (const name of ["127.0.0.1", "localhost", "[::1]", ...(everywhere ? [] : [address]), ...hosts]) {
		const [, bare = name, said] = /^(.*):(\d+)$/.exec(name.startsWith("[") && name.endsWith("]") ? "" : name) ?? [];
		const host = bare.toLowerCase();
		const at = Number(said ?? port);
		answered.add(`${host}:${at}`);
		// Browsers leave out the port that the scheme implies. A port of its own may be that of a proxy with TLS.
		if (at === 80 || at === 443) answered.add(host);
		if (at !== 443) own.add(at === 80 ? `http://${host}` : `http://${host}:${at}`);
		if (said !== undefined && at !== 80) own.add(at === 443 ? `https://${host}` : `https://${host}:${at}`);
	}
	const foreign = new Set(origins.filter((origin) => origin !== "null" && origin !== "*"));
	return { tokens, hosts: answered, own, foreign, cookie: `mutoscope-${port}`, local };
}

/**
 * Decides about a request or an upgrade: the one guard in front of HTTP, WebSocket and signalling. Never throws, whatever
 * was sent.
 *
 * Host first, for a rebound name makes a page look like our own. Then Origin and Sec-Fetch-Site, which browsers set and
 * pages cannot. Then what the sender knows: a token, a cookie, a link.
 */
export function judge(ask: Ask, rules: Rules): Verdict {
	const host = (ask.host ?? "").toLowerCase();
	if (!rules.hosts.has(host)) return refuse(new MutoscopeError("auth/host", { host: shown(host) }));
	const own = ask.origin !== undefined && rules.own.has(ask.origin);
	const cors = !own && ask.origin !== undefined && rules.foreign.has(ask.origin) ? ask.origin : undefined;
	if (ask.origin !== undefined && !own && cors === undefined) {
		return refuse(new MutoscopeError("auth/origin", { origin: shown(ask.origin) }));
	}
	const near = ask.site === undefined || ask.site === "same-origin" || ask.site === "none";
	if (!near && !own && cors === undefined && !isPageVisit(ask)) {
		return refuse(new MutoscopeError("auth/origin", { origin: "another site" }));
	}
	return { allowed: true, cors, ...identify(ask, rules, own) };
}

function identify(ask: Ask, rules: Rules, own: boolean): Pick<Verdict & { allowed: true }, "role" | "by" | "link"> {
	if (ask.authorization !== undefined) {
		const token = /^Bearer +(\S+)$/i.exec(ask.authorization.slice(0, 1024))?.[1];
		return { role: token === undefined ? undefined : rules.tokens.roleOf(token), by: "token" };
	}
	const link = linkToken(ask);
	// An admin token has no business in an address, where it is logged, shown and shared.
	const linked = link === undefined ? undefined : rules.tokens.roleOf(link);
	if (link !== undefined && linked !== undefined && linked !== "admin") {
		return { role: linked, by: "link", link: rules.tokens.linkOf(link) };
	}
	const cookie = cookieNamed(rules.cookie, ask.cookie);
	const signed = cookie === undefined ? undefined : rules.tokens.roleOfCookie(cookie);
	// A browser names the page with everything that changes something; a cookie without a page is no proof of our page.
	if (cookie !== undefined && signed !== undefined && (own || (ask.origin === undefined && isSafe(ask)))) {
		return { role: signed, by: "cookie", link: rules.tokens.linkOfCookie(cookie) };
	}
	const native = ask.origin === undefined && ask.site === undefined && cookie === undefined && link === undefined;
	if (rules.local !== undefined && native && isLoopback(ask.remote)) return { role: rules.local, by: "local" };
	return { role: undefined, by: "nothing" };
}

const PAGES = /^\/(|docs|login|view\/[^/]+)$/;

/** A person who follows a link from another site to one of our pages: it shows, and does nothing. */
function isPageVisit({ method, mode, dest, target, upgrade }: Ask): boolean {
	const visit = method === "GET" && mode === "navigate" && (dest === undefined || dest === "document");
	return visit && !upgrade && PAGES.test(pathOf(target));
}

const LOOKS = /^\/(view\/[^/]+|api\/v1\/sessions\/[^/]+\/(frame\.(png|jpe?g)|preview\.mjpeg))$/;
const STREAMS = /^\/api\/v1\/(whip|whep)\//;

/** The token in an address, where those who use it cannot send headers: browser sources, `<img>`, WHIP clients. */
function linkToken({ method, target, upgrade }: Ask): string | undefined {
	const path = pathOf(target);
	const looks = (method === "GET" || method === "HEAD") && LOOKS.test(path);
	if (upgrade || !(looks || STREAMS.test(path))) return undefined;
	return new URLSearchParams(target.slice(path.length)).get("token") ?? undefined;
}

/** The value of a cookie in a `Cookie` header, or `undefined`. */
function cookieNamed(name: string, header: string | undefined): string | undefined {
	for (const pair of (header ?? "").split(";")) {
		const [key, value] = pair.trim().split("=", 2);
		if (key === name) return value;
	}
	return undefined;
}

function isSafe({ method, upgrade }: Ask): boolean {
	return !upgrade && (method === "GET" || method === "HEAD" || method === "OPTIONS");
}

function isLoopback(remote: string | undefined): boolean {
	return remote === "::1" || (remote?.replace(/^::ffff:/, "").startsWith("127.") ?? false);
}

function pathOf(target: string): string {
	const end = target.indexOf("?");
	return end === -1 ? target : target.slice(0, end);
}

function refuse(error: MutoscopeError): Verdict {
	return { allowed: false, error };
}

function shown(text: string): string {
	const plain = text.replace(/[^\x20-\x7e]/g, "?");
	return plain.length > 100 ? `${plain.slice(0, 99)}…` : plain || "(none)";
}
