import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Ask, judge, rulesOf } from "../../../src/server/guard.ts";
import { Tokens } from "../../../src/server/tokens.ts";
import { SECRET } from "./fake.ts";

const tokens = new Tokens(SECRET);
const rules = rulesOf({
	port: 8000,
	tokens,
	hosts: ["Studio.local", "vj.example:443"],
	origins: ["https://panel.example", "null", "*"],
});
const HOST = "127.0.0.1:8000";
const OWN = "http://127.0.0.1:8000";

function ask(change: Partial<Ask> = {}): Ask {
	const nothing = { origin: undefined, site: undefined, mode: undefined, dest: undefined };
	const unknown = { authorization: undefined, cookie: undefined, remote: "127.0.0.1" };
	return { method: "GET", target: "/api/v1/sessions", host: HOST, ...nothing, ...unknown, ...change };
}

function verdict(change: Partial<Ask>, by = rules): string {
	const said = judge(ask(change), by);
	return said.allowed ? `${said.role ?? "nobody"} by ${said.by}` : said.error.code;
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const cookie = (role: "viewer" | "operator" | "admin") => ({
	cookie: `other=1; mutoscope-8000=${tokens.cookie(role)}; x=y`,
});

describe("Host", () => {
	test.each([
		["127.0.0.1:8000", true],
		["localhost:8000", true],
		["LOCALHOST:8000", true],
		["[::1]:8000", true],
		["studio.local:8000", true],
		["studio.local", false],
		["studio.local:80", false],
		["vj.example:443", true],
		["vj.example", true],
		["vj.example:8000", false],
		["127.0.0.1", false],
		["127.0.0.1:8001", false],
		["127.0.0.1:8000.evil.example", false],
		["127.0.0.1:8000@evil.example", false],
		["localhost.:8000", false],
		["evil.example:8000", false],
		["0.0.0.0:8000", false],
		["127.1:8000", false],
		["2130706433:8000", false],
		["[::ffff:127.0.0.1]:8000", false],
		["", false],
		[undefined, false],
		[" 127.0.0.1:8000", false],
		["127.0.0.1:8000, evil.example", false],
		["\u0000", false],
		["x".repeat(10_000), false],
	])("%j is answered: %s", (host, answered) => {
		expect(verdict({ host, ...bearer(SECRET) })).toBe(answered ? "admin by token" : "auth/host");
	});

	test.each([
		["192.168.1.7", "192.168.1.7:8000", true],
		["fe80::1", "[fe80::1]:8000", true],
		["0.0.0.0", "0.0.0.0:8000", false],
		["0.0.0.0", "192.168.1.7:8000", false],
		["::", "[::]:8000", false],
	])("listening on %s, %s is answered: %s", (listen, host, answered) => {
		const said = verdict(
			{ host, origin: `http://${host}`, ...bearer(SECRET) },
			rulesOf({ port: 8000, tokens, listen }),
		);
		expect(said).toBe(answered ? "admin by token" : "auth/host");
	});

	test("on port 80 a browser leaves the port out", () => {
		const plain = rulesOf({ port: 80, tokens });
		expect(verdict({ host: "localhost", origin: "http://localhost", ...bearer(SECRET) }, plain)).toBe("admin by token");
	});
});

describe("Origin", () => {
	test.each([
		[OWN, "admin by token"],
		["http://localhost:8000", "admin by token"],
		["http://studio.local:8000", "admin by token"],
		["https://vj.example", "admin by token"],
		["http://studio.local", "auth/origin"],
		["http://vj.example", "auth/origin"],
		["https://studio.local:8000", "auth/origin"],
		["https://panel.example", "admin by token"],
		["null", "auth/origin"],
		["*", "auth/origin"],
		["", "auth/origin"],
		["https://127.0.0.1:8000", "auth/origin"],
		["http://127.0.0.1", "auth/origin"],
		["http://127.0.0.1:8001", "auth/origin"],
		["http://127.0.0.1:8000.evil.example", "auth/origin"],
		["http://evil.example", "auth/origin"],
		["https://panel.example.evil.example", "auth/origin"],
		["https://panel.example:444", "auth/origin"],
		["file://", "auth/origin"],
		["HTTP://127.0.0.1:8000", "auth/origin"],
	])("%j: %s", (origin, said) => {
		expect(verdict({ origin, ...bearer(SECRET) })).toBe(said);
		expect(verdict({ origin, upgrade: true, target: "/ws", ...bearer(SECRET) })).toBe(said);
	});

	test("a configured foreign page may read answers, with a token and never by cookie", () => {
		const origin = "https://panel.example";
		expect(judge(ask({ origin, ...cookie("admin") }), rules)).toMatchObject({ cors: origin, role: undefined });
		expect(judge(ask({ origin: OWN, ...cookie("admin") }), rules)).toMatchObject({ cors: undefined, role: "admin" });
	});
});

describe("Sec-Fetch-Site", () => {
	const visit = { mode: "navigate", dest: "document" };
	test.each([
		["our page", { site: "same-origin", ...cookie("viewer") }, "viewer by cookie"],
		["the address bar", { site: "none", ...cookie("viewer") }, "viewer by cookie"],
		["another site's picture", { site: "cross-site", ...cookie("viewer") }, "auth/origin"],
		["another port's picture", { site: "same-site", ...cookie("viewer") }, "auth/origin"],
		["a word that no browser sends", { site: "nearby", ...cookie("viewer") }, "auth/origin"],
		["a link to our page", { site: "cross-site", target: "/", ...visit }, "nobody by nothing"],
		["a link to a view", { site: "cross-site", target: "/view/main?x=1", ...visit }, "nobody by nothing"],
		["a link to the API", { site: "cross-site", ...visit, ...cookie("admin") }, "auth/origin"],
		["a link to the API, disguised", { site: "cross-site", target: "/%61pi/v1/status", ...visit }, "auth/origin"],
		["a form that is posted", { site: "cross-site", target: "/", method: "POST", ...visit }, "auth/origin"],
		["a frame", { site: "cross-site", target: "/", mode: "navigate", dest: "iframe" }, "auth/origin"],
		["a socket that calls itself a visit", { site: "cross-site", target: "/", upgrade: true, ...visit }, "auth/origin"],
		[
			"our page on another name",
			{ site: "cross-site", origin: "http://localhost:8000", ...bearer(SECRET) },
			"admin by token",
		],
	] as const)("%s", (_, change, said) => {
		expect(verdict(change)).toBe(said);
	});
});

describe("what the sender knows", () => {
	test.each([
		["an admin token", bearer(SECRET), "admin by token"],
		["an operator token", bearer(tokens.operator), "operator by token"],
		["bearer in any case", { authorization: `bEARER ${tokens.viewer}` }, "viewer by token"],
		["a wrong token", bearer("wrong"), "nobody by token"],
		["another scheme", { authorization: `Basic ${SECRET}` }, "nobody by token"],
		["an empty header", { authorization: "" }, "nobody by token"],
		["a wrong token beside a cookie", { ...bearer("wrong"), ...cookie("admin") }, "nobody by token"],
		["a cookie, reading", cookie("admin"), "admin by cookie"],
		["a cookie, writing from our page", { method: "POST", origin: OWN, ...cookie("admin") }, "admin by cookie"],
		["a cookie, writing from nowhere", { method: "POST", ...cookie("admin") }, "nobody by nothing"],
		["a cookie, deleting from nowhere", { method: "DELETE", ...cookie("admin") }, "nobody by nothing"],
		["a cookie on a socket from our page", { upgrade: true, origin: OWN, ...cookie("admin") }, "admin by cookie"],
		["a cookie on a socket from nowhere", { upgrade: true, ...cookie("admin") }, "nobody by nothing"],
		["another daemon's cookie", { cookie: `mutoscope-8001=${tokens.cookie("admin")}` }, "nobody by nothing"],
		["nothing", {}, "nobody by nothing"],
	])("%s", (_, change, said) => {
		expect(verdict(change)).toBe(said);
	});

	test.each([
		["a view", { target: `/view/main?token=${tokens.viewer}` }, "viewer by link"],
		["a still", { target: `/api/v1/sessions/main/frame.png?token=${tokens.viewer}` }, "viewer by link"],
		["a preview", { target: `/api/v1/sessions/main/preview.mjpeg?a=b&token=${tokens.viewer}` }, "viewer by link"],
		["WHIP", { method: "POST", target: `/api/v1/whip/main?token=${tokens.operator}` }, "operator by link"],
		["the end of WHEP", { method: "DELETE", target: `/api/v1/whep/main/1?token=${tokens.viewer}` }, "viewer by link"],
		["an admin token in an address", { target: `/view/main?token=${SECRET}` }, "nobody by nothing"],
		["parameters", { target: `/api/v1/params?token=${tokens.operator}` }, "nobody by nothing"],
		["a socket", { target: `/view/main?token=${tokens.viewer}`, upgrade: true }, "nobody by nothing"],
		["a posted view", { method: "POST", target: `/view/main?token=${tokens.viewer}` }, "nobody by nothing"],
		["a broken address", { target: "/view/main?token=%E0%A4%A&%" }, "nobody by nothing"],
	])("a token in the address of %s", (_, change, said) => {
		expect(verdict(change)).toBe(said);
	});

	test("a program on this machine has a role without a token only where the config gives it one", () => {
		const trusting = rulesOf({ port: 8000, tokens, local: "operator" });
		expect(verdict({}, trusting)).toBe("operator by local");
		expect(verdict({ remote: "::ffff:127.0.0.1" }, trusting)).toBe("operator by local");
		expect(verdict({ remote: "192.168.1.7" }, trusting)).toBe("nobody by nothing");
		expect(verdict({ remote: undefined }, trusting)).toBe("nobody by nothing");
		expect(verdict({ site: "none" }, trusting)).toBe("nobody by nothing");
		expect(verdict({ origin: OWN }, trusting)).toBe("nobody by nothing");
		expect(verdict({ ...bearer("wrong") }, trusting)).toBe("nobody by token");
	});
});

test("nothing that can be sent makes the guard throw, or gives a role away", () => {
	const text = fc.oneof(
		fc.string(),
		fc.string({ unit: "binary" }),
		fc.constantFrom("null", "*", HOST, OWN, "Bearer ", "=;=", "%"),
	);
	const maybe = fc.option(text, { nil: undefined });
	const asked = fc.record({
		method: text,
		target: text,
		upgrade: fc.boolean(),
		host: maybe,
		origin: maybe,
		site: maybe,
		mode: maybe,
		dest: maybe,
		authorization: maybe,
		cookie: maybe,
		remote: maybe,
	});
	fc.assert(
		fc.property(asked, (one) => {
			const said = judge(one, rules);
			expect(said.allowed && said.role !== undefined).toBe(false);
		}),
		{ numRuns: 2000 },
	);
});
