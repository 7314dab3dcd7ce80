import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { codeOf, quiet, type Served, serve } from "./fake.ts";

let served: Served;
beforeEach(() => {
	served = serve();
});
afterEach(() => served[Symbol.dispose]());

describe("every answer", () => {
	test.each(["/health", "/api/v1/status", "/nothing", "/docs", "/api/v1/nothing"])("%s is hardened", async (path) => {
		const { headers } = await served.ask(path);
		expect(headers.get("x-content-type-options")).toBe("nosniff");
		expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
		expect(headers.get("content-security-policy")).toContain("default-src 'none'");
		expect(headers.get("access-control-allow-origin")).toBeNull();
	});

	test("a page may run our scripts only, none that stand in it", async () => {
		const policy = (await served.ask("/docs")).headers.get("content-security-policy");
		expect(policy).toContain("script-src 'self';");
		expect(policy).toContain("connect-src 'self' ws://127.0.0.1:8000");
		expect(policy).not.toContain("unsafe-eval");
	});
});

describe("refusals", () => {
	test.each([
		["no token", { token: null }, 401, "auth/required"],
		["a wrong token", { token: "wrong" }, 401, "auth/required"],
		["another host", { headers: { host: "evil.example" } }, 421, "auth/host"],
		["another origin", { headers: { origin: "https://evil.example" } }, 403, "auth/origin"],
	] as const)("%s", async (_, init, status, code) => {
		const response = await served.ask("/api/v1/status", init);
		expect(response.status).toBe(status);
		expect(await response.json()).toMatchObject({ code, message: expect.any(String), hint: expect.any(String) });
	});

	test("of a kind are logged once, without what a terminal would obey", async () => {
		for (let i = 0; i < 3; i++) await served.ask("/", { headers: { origin: "https://evil.example/\u009b31m" } });
		const lines = quiet.lines.filter((line) => line.includes("evil.example/"));
		expect(lines).toEqual(["Pages from https://evil.example/?31m may not talk to this daemon."]);
	});

	test("a viewer looks and does not touch, and an operator deletes no recordings", async () => {
		const { tokens, ask, backend } = served;
		const values = { "/main/density": 0.9 };
		const denied = await ask("/api/v1/params", { method: "PATCH", json: { values }, token: tokens.viewer });
		expect(denied.status).toBe(403);
		expect(await denied.json()).toMatchObject({
			code: "auth/forbidden",
			details: { role: "viewer", needed: "operator" },
		});
		expect((await ask("/api/v1/recordings/x", { method: "DELETE", token: tokens.operator })).status).toBe(403);
		expect((await ask("/api/v1/params", { token: tokens.viewer })).status).toBe(200);
		expect(backend.calls).toEqual([]);
	});

	test("an unknown path of the API is JSON, also for a browser; a page that is not there is a page", async () => {
		const accept = { headers: { accept: "text/html" } };
		const api = await served.ask("/api/v1/nothing", accept);
		expect([api.status, api.headers.get("content-type")]).toEqual([404, "application/json"]);
		const page = await served.ask("/nothing", accept);
		expect([page.status, page.headers.get("content-type")]).toEqual([404, "text/html; charset=UTF-8"]);
		expect(await page.text()).toContain("There is nothing at /nothing.");
	});

	test("what a client sends is never markup in an error page", async () => {
		const page = await served.ask("/%3Cscript%3Ealert(1)%3C/script%3E", { headers: { accept: "text/html" } });
		expect(await page.text()).not.toContain("<script>");
	});

	test("a method that a path does not know is 405 and says which it knows", async () => {
		const response = await served.ask("/api/v1/sessions", { method: "DELETE" });
		expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, POST, OPTIONS"]);
		expect(await response.json()).toMatchObject({ code: "request/method" });
	});

	test("a failure of ours is logged and not told", async () => {
		served.backend.status = () => {
			throw new Error("the secret is 42");
		};
		const response = await served.ask("/api/v1/status");
		expect(response.status).toBe(500);
		expect(await response.text()).not.toContain("42");
		expect(quiet.lines).toContain("a request failed");
	});
});

describe("bodies", () => {
	const patch = (init: RequestInit) => served.ask("/api/v1/params", { method: "PATCH", ...init });
	const json = { "content-type": "application/json" };

	test.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/sdp"])(
		"of the type %s are not read",
		async (type) => {
			const response = await patch({ body: '{"values":{"/main/density":0.9}}', headers: { "content-type": type } });
			expect([response.status, await codeOf(response)]).toEqual([415, "request/type"]);
			expect(served.backend.calls).toEqual([]);
		},
	);

	test("of another type are refused even where none is expected", async () => {
		const headers = { "content-type": "text/plain" };
		const response = await served.ask("/api/v1/sessions/main/restart", { method: "POST", headers, body: "x" });
		expect(response.status).toBe(415);
		expect((await served.ask("/api/v1/sessions/main/restart", { method: "POST" })).status).toBe(202);
	});

	test.each([
		["nothing", "", 400, "request/malformed"],
		["half a value", '{"values":', 400, "request/malformed"],
		["another shape", "[]", 422, "request/invalid-field"],
		["a value of no type we know", '{"values":{"/main/density":{}}}', 422, "request/invalid-field"],
		["an address that is none", '{"values":{"density":1}}', 422, "request/invalid-field"],
	])("of %s are refused", async (_, body, status, code) => {
		const response = await patch({ body, headers: json });
		expect([response.status, await codeOf(response)]).toEqual([status, code]);
	});

	test("that are not UTF-8 are refused", async () => {
		const response = await patch({ body: Uint8Array.from([0x22, 0xff, 0x22]), headers: json });
		expect([response.status, await codeOf(response)]).toEqual([400, "request/malformed"]);
	});

	test("say which field is wrong", async () => {
		const body = JSON.stringify({ ops: [{ op: "ramp", address: "/main/density", to: 1, s: -1 }] });
		const response = await served.ask("/api/v1/params/batch", { method: "POST", body, headers: json });
		expect(response.status).toBe(422);
		expect(((await response.json()) as { details: { field: string } }).details.field).toBe("body.ops.0.s");
	});

	test("that are too large are refused by their announced size, before they are read", async () => {
		const length = { ...json, "content-length": String(2 ** 20 + 1) };
		const never = new ReadableStream({ pull: () => expect.unreachable() }, { highWaterMark: 0 });
		const response = await patch({ body: never, headers: length, duplex: "half" } as RequestInit);
		expect([response.status, response.headers.get("connection")]).toEqual([413, "close"]);
	});

	test("that grow too large are refused as they grow", async () => {
		let sent = 0;
		const pull = (controller: ReadableStreamDefaultController) => {
			sent += 65_536;
			controller.enqueue(new Uint8Array(65_536).fill(32));
		};
		const response = await patch({ body: new ReadableStream({ pull }), headers: json, duplex: "half" } as RequestInit);
		expect(response.status).toBe(413);
		expect(sent).toBeLessThan(2 ** 21);
	});

	test("cannot reach into prototypes", async () => {
		const body =
			'{"values":{"/main/density":0.5},"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}';
		await patch({ body, headers: json });
		expect(({} as { polluted?: number }).polluted).toBeUndefined();
	});
});

test.each([
	"/%",
	"/%E0%A4%A",
	"//",
	"/\\",
	"/..%2f..%2fetc/passwd",
	"/api/v1/params/%00",
	"/view/%",
	"/?%",
	"/__proto__",
	"/constructor",
])("the address %s is answered", async (path) => {
	expect((await served.ask(path)).status).toBeLessThan(504);
});

describe("rations", () => {
	test("a client that asks too often is told when to come back, and others are not disturbed", async () => {
		let now = 0;
		using limited = serve({ ration: { rate: 2, burst: 3 }, now: () => now });
		const viewer = { token: limited.tokens.viewer };
		for (let i = 0; i < 3; i++) expect((await limited.ask("/api/v1/me", viewer)).status).toBe(200);
		const refused = await limited.ask("/api/v1/me", viewer);
		expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "1"]);
		expect((await limited.ask("/api/v1/me")).status).toBe(200);
		now = 0.5;
		expect((await limited.ask("/api/v1/me", viewer)).status).toBe(200);
	});

	test("a hostile page uses up its own ration, not that of our page", async () => {
		using limited = serve({ ration: { rate: 1, burst: 2 }, now: () => 0 });
		const hostile = { headers: { origin: "https://evil.example" } };
		for (const status of [403, 403, 429, 429]) expect((await limited.ask("/", hostile)).status).toBe(status);
		expect((await limited.ask("/api/v1/me")).status).toBe(200);
	});
});

describe("foreign pages", () => {
	const origin = "https://panel.example";
	const asks = { "access-control-request-method": "PATCH", "access-control-request-headers": "authorization" };

	test("that the config names may ask, and read the headers that WHIP needs", async () => {
		using open = serve({ origins: [origin] });
		const preflight = await open.ask("/api/v1/whip/main", {
			method: "OPTIONS",
			token: null,
			headers: { origin, ...asks },
		});
		expect(preflight.status).toBe(204);
		expect(preflight.headers.get("access-control-allow-origin")).toBe(origin);
		expect(preflight.headers.get("access-control-allow-methods")).toContain("PATCH");
		expect(preflight.headers.get("access-control-allow-headers")).toContain("If-Match");
		expect(preflight.headers.get("accept-post")).toBe("application/sdp");
		const answer = await open.ask("/api/v1/status", { headers: { origin } });
		expect(answer.headers.get("access-control-allow-origin")).toBe(origin);
		expect(answer.headers.get("access-control-expose-headers")).toContain("Location, ETag, Link");
		expect(answer.headers.get("access-control-allow-credentials")).toBeNull();
		expect(answer.headers.get("vary")).toContain("Origin");
	});

	test("that it does not name get no permission", async () => {
		const preflight = await served.ask("/api/v1/params", {
			method: "OPTIONS",
			token: null,
			headers: { origin, ...asks },
		});
		expect(preflight.status).toBe(403);
		expect([...preflight.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
	});
});

describe("pages", () => {
	let folder: string;
	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), "mutoscope-ui-"));
		mkdirSync(join(folder, "ui/assets"), { recursive: true });
		writeFileSync(join(folder, "ui/index.html"), "<!doctype html>index");
		writeFileSync(join(folder, "ui/assets/app-1a2b.js"), "1;");
		writeFileSync(join(folder, "secret.txt"), "secret");
		symlinkSync(join(folder, "secret.txt"), join(folder, "ui/assets/link.txt"));
		served[Symbol.dispose]();
		served = serve({ ui: join(folder, "ui") });
	});
	afterEach(() => rmSync(folder, { recursive: true }));

	test("the page is for anyone, and asked for anew; what has a hash in its name is kept", async () => {
		const index = await served.ask("/", { token: null });
		expect([index.status, index.headers.get("cache-control")]).toEqual([200, "no-cache"]);
		expect(await index.text()).toContain("index");
		expect(await (await served.ask("/view/main", { token: null })).text()).toContain("index");
		const script = await served.ask("/assets/app-1a2b.js", { token: null });
		expect(script.headers.get("content-type")).toContain("text/javascript");
		expect(script.headers.get("cache-control")).toContain("immutable");
	});

	test.each([
		"/../secret.txt",
		"/..%2fsecret.txt",
		"/assets/..%2f..%2fsecret.txt",
		"/assets/link.txt",
		"/assets",
		"/assets/",
		"/..",
	])("%s leads nowhere", async (path) => {
		const response = await served.ask(path);
		expect(await response.text()).not.toBe("secret");
		expect([200, 404]).toContain(response.status);
		expect(response.headers.get("content-type")).not.toContain("text/plain");
	});

	test("without a built page the answer says how to build it", async () => {
		using bare = serve();
		expect(await (await bare.ask("/")).json()).toMatchObject({
			code: "server/no-page",
			hint: expect.stringContaining("npm"),
		});
	});

	test("a link with a token becomes a cookie, and the token leaves the address", async () => {
		const { tokens, ask, rules } = served;
		const visit = await ask(`/view/main?token=${tokens.viewer}&fit=cover`, { token: null });
		expect([visit.status, visit.headers.get("location")]).toEqual([303, "/view/main?fit=cover"]);
		const cookie = visit.headers.get("set-cookie") ?? "";
		expect(cookie).toMatch(/^mutoscope-8000=viewer\.\d+\.[\w-]+; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+$/);
		const headers = { cookie: cookie.split(";")[0] ?? "" };
		expect((await ask("/api/v1/params", { token: null, headers })).status).toBe(200);
		const admin = { cookie: `${rules.cookie}=${tokens.cookie("admin")}` };
		const again = await ask(`/view/main?token=${tokens.viewer}`, { token: null, headers: admin });
		expect([again.status, again.headers.get("set-cookie")]).toEqual([303, null]);
	});

	test("a page renews the cookie it was asked for with", async () => {
		const headers = { cookie: `mutoscope-8000=${served.tokens.cookie("operator")}` };
		const page = await served.ask("/", { token: null, headers });
		expect(page.headers.get("set-cookie")).toContain("mutoscope-8000=operator.");
	});
});
