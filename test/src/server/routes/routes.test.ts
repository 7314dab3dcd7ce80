import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { codeOf, JPEG, type Served, serve } from "../fake.ts";

let served: Served;
beforeEach(() => {
	served = serve();
});
afterEach(() => served[Symbol.dispose]());

const json = async (path: string, init: Parameters<Served["ask"]>[1] = {}) => {
	const response = await served.ask(path, init);
	return [response.status, response.status === 204 ? undefined : await response.json()] as const;
};
const post = (path: string, body?: unknown) =>
	json(path, { method: "POST", ...(body !== undefined && { json: body }) });

describe("sessions", () => {
	test("are listed, found, begun, restarted and ended", async () => {
		expect(await json("/api/v1/sessions")).toMatchObject([200, { sessions: [{ name: "main" }] }]);
		expect(await json("/api/v1/sessions/main")).toMatchObject([200, { name: "main", frame: 100 }]);
		const begun = await served.ask("/api/v1/sessions", { method: "POST", json: { name: "side", pipeline: "mirror" } });
		expect([begun.status, begun.headers.get("location")]).toEqual([201, "/api/v1/sessions/side"]);
		expect(await post("/api/v1/sessions/side/restart")).toMatchObject([202, { name: "side" }]);
		expect(await json("/api/v1/sessions/side", { method: "DELETE" })).toEqual([204, undefined]);
		expect(served.backend.calls).toEqual([
			["create", { name: "side", pipeline: "mirror" }],
			["restart", "side"],
			["remove", "side"],
		]);
	});

	test("that are not there, or there already, are refused", async () => {
		expect(await json("/api/v1/sessions/nobody")).toMatchObject([404, { code: "session/unknown" }]);
		expect(await post("/api/v1/sessions", { name: "main" })).toMatchObject([409, { code: "session/exists" }]);
		expect(await post("/api/v1/sessions", { name: "" })).toMatchObject([422, { code: "request/invalid-field" }]);
		expect(await json("/api/v1/sessions/nobody", { method: "DELETE" })).toMatchObject([404, {}]);
	});

	test("and processes make up the status", async () => {
		expect(await json("/api/v1/status")).toMatchObject([200, { version: "0.0.0-test", sessions: [{ name: "main" }] }]);
	});
});

test("pipelines, sources and sinks say what they are and why they are not available", async () => {
	expect(await json("/api/v1/pipelines")).toMatchObject([
		200,
		{ pipelines: [{ id: "cells", schema: { type: "object" } }, {}] },
	]);
	expect(await json("/api/v1/sources")).toMatchObject([200, { sources: [{}, {}, { id: "ndi", available: false }] }]);
	expect(await json("/api/v1/sinks")).toMatchObject([200, { sinks: [{ reason: "the runtime is not installed" }] }]);
	expect(await json("/api/v1/sources/ndi")).toEqual([200, { choices: ["their ndi"] }]);
	expect(await json("/api/v1/rings")).toEqual([200, { rings: ["their-camera"] }]);
});

test("presets are kept, listed, put back and forgotten, whatever their names", async () => {
	const path = `/api/v1/presets/${encodeURIComponent("Blau/Grün 100 %")}`;
	expect(await json(path, { method: "PUT" })).toMatchObject([200, { name: "Blau/Grün 100 %", session: "main" }]);
	expect(await json("/api/v1/presets")).toMatchObject([200, { presets: [{ name: "Blau/Grün 100 %" }] }]);
	expect(await json(path)).toMatchObject([200, { values: { "/density": 0.3 } }]);
	expect(await post(`${path}/recall`, { seconds: 2 })).toMatchObject([200, { clamped: {} }]);
	expect(served.backend.calls).toEqual([["recall", "Blau/Grün 100 %", { seconds: 2, curve: "linear" }]]);
	expect(await json(path, { method: "DELETE" })).toEqual([204, undefined]);
	expect(await json(path)).toMatchObject([404, { code: "preset/unknown" }]);
});

describe("stills", () => {
	test.each([
		["frame.png", "image/png", { format: "png", width: undefined, quality: 85 }],
		["frame.jpeg?quality=40&width=320", "image/jpeg", { format: "jpeg", width: 320, quality: 40 }],
		["frame.jpg", "image/jpeg", { format: "jpeg", width: undefined, quality: 85 }],
	])("%s", async (name, type, wanted) => {
		const response = await served.ask(`/api/v1/sessions/main/${name}`);
		expect([response.headers.get("content-type"), response.headers.get("cache-control")]).toEqual([type, "no-store"]);
		expect(new Uint8Array(await response.arrayBuffer())).toEqual(JPEG);
		expect(served.backend.calls).toEqual([["still", "main", wanted]]);
	});

	test("of a size or a session that cannot be are refused", async () => {
		expect(await json("/api/v1/sessions/main/frame.png?width=9")).toMatchObject([
			422,
			{ details: { field: "query.width" } },
		]);
		expect(await json("/api/v1/sessions/main/frame.jpeg?quality=x")).toMatchObject([422, {}]);
		expect(await json("/api/v1/sessions/nobody/frame.png")).toMatchObject([404, { code: "session/unknown" }]);
	});

	test("may be asked for by an address with a viewer's token", async () => {
		const { tokens } = served;
		const response = await served.ask(`/api/v1/sessions/main/frame.png?token=${tokens.viewer}`, { token: null });
		expect(response.status).toBe(200);
	});
});

describe("recordings", () => {
	test("begin, end, come whole and in parts, and go", async () => {
		expect(await post("/api/v1/recordings/main/start")).toMatchObject([200, { status: "started" }]);
		expect(await post("/api/v1/recordings/headless/start")).toMatchObject([200, { status: "already_recording" }]);
		expect(await post("/api/v1/recordings/main/stop")).toMatchObject([
			200,
			{ status: "stopped", recording: { id: "main-1.mp4" } },
		]);
		expect(await post("/api/v1/recordings/main/stop")).toMatchObject([200, { status: "not_recording" }]);
		const whole = await served.ask("/api/v1/recordings/main-1.mp4");
		expect(whole.headers.get("content-disposition")).toBe('attachment; filename="main-1.mp4"');
		expect([whole.status, whole.headers.get("content-length"), await whole.text()]).toEqual([200, "10", "0123456789"]);
		const part = await served.ask("/api/v1/recordings/main-1.mp4", { headers: { range: "bytes=2-4" } });
		expect([part.status, part.headers.get("content-range"), await part.text()]).toEqual([206, "bytes 2-4/10", "234"]);
		const past = await served.ask("/api/v1/recordings/main-1.mp4", { headers: { range: "bytes=10-" } });
		expect([past.status, await codeOf(past)]).toEqual([416, "request/range"]);
		expect(await (await served.ask("/api/v1/recordings/headless")).text()).toBe("0123456789");
		const head = await served.ask("/api/v1/recordings/main-1.mp4", { method: "HEAD" });
		expect([head.headers.get("content-length"), await head.text()]).toEqual(["10", ""]);
		expect(await json("/api/v1/recordings/main-1.mp4", { method: "DELETE" })).toEqual([204, undefined]);
		expect(await json("/api/v1/recordings")).toEqual([200, { recordings: [] }]);
	});

	test("of a session or a name that is not there are refused, with Scope's detail", async () => {
		expect(await post("/api/v1/recordings/nobody/start")).toMatchObject([
			404,
			{ code: "session/unknown", detail: expect.any(String) },
		]);
		const [status] = await json("/api/v1/recordings/..%2F..%2Fetc%2Fpasswd");
		expect(status).toBe(404);
	});
});

describe("health", () => {
	test("is told to anyone who has no token", async () => {
		const shape = { status: "healthy", version: "0.0.0-test", server_start_time: 1_790_000_000 };
		for (const path of ["/health", "/api/v1/health"])
			expect(await json(path, { token: null })).toMatchObject([200, shape]);
	});

	test("readiness waits for pictures", async () => {
		expect(await json("/api/v1/ready", { token: null })).toEqual([200, { ready: true }]);
		served.backend.say("main", { state: "waiting", reason: "its process ended" });
		expect(await json("/api/v1/ready", { token: null })).toMatchObject([503, { code: "session/not-ready" }]);
	});

	test("metrics are Prometheus' text, with requests counted", async () => {
		await served.ask("/nothing");
		const response = await served.ask("/metrics");
		expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
		const text = await response.text();
		expect(text).toContain('# TYPE mutoscope_frames_total counter\nmutoscope_frames_total{session="a\\"b"} 3\n');
		expect(text).toContain('mutoscope_http_requests_total{status="404"} 1\n');
		expect((await served.ask("/metrics", { token: null })).status).toBe(401);
	});

	test("the log is for operators", async () => {
		expect(await json("/api/v1/log?lines=2")).toMatchObject([200, { lines: [{ message: "started" }, {}] }]);
		expect((await served.ask("/api/v1/log", { token: served.tokens.viewer })).status).toBe(403);
	});
});

describe("signing in", () => {
	test("a one-time link gives a cookie and leads to the page, once", async () => {
		const [, link] = await post("/api/v1/login-links", { role: "operator" });
		const path = (link as { url: string }).url.slice("http://127.0.0.1:8000".length);
		const first = await served.ask(path, { token: null });
		expect([first.status, first.headers.get("location")]).toEqual([303, "/"]);
		const headers = { cookie: first.headers.get("set-cookie")?.split(";")[0] ?? "" };
		expect(await json("/api/v1/me", { token: null, headers })).toEqual([200, { role: "operator" }]);
		expect(await json(path, { token: null })).toMatchObject([401, { code: "auth/link-used" }]);
	});

	test("a token gives a cookie too; a wrong one does not", async () => {
		const token = served.tokens.viewer;
		const signed = await served.ask("/api/v1/login", { method: "POST", json: { token }, token: null });
		expect([await signed.json(), signed.headers.get("set-cookie")]).toEqual([
			{ role: "viewer" },
			expect.stringContaining("HttpOnly"),
		]);
		expect(await json("/api/v1/login", { method: "POST", json: { token: "no" }, token: null })).toMatchObject([
			401,
			{},
		]);
		expect(await json("/api/v1/me", { token: null })).toEqual([200, { role: null }]);
		const out = await served.ask("/api/v1/logout", { method: "POST", token: null });
		expect(out.headers.get("set-cookie")).toContain("Max-Age=0");
	});

	test("links for other programs hold the tokens that they need, and no more", async () => {
		const { tokens } = served;
		const [, links] = await json("/api/v1/sessions/main/links", { token: tokens.operator });
		expect(links).toMatchObject({
			view: `http://127.0.0.1:8000/view/main?token=${tokens.link("main")}`,
			whip: { url: "http://127.0.0.1:8000/api/v1/whip/main", token: tokens.operator },
		});
		expect((await served.ask("/api/v1/sessions/main/links", { token: tokens.viewer })).status).toBe(403);
		expect((await served.ask("/api/v1/login-links", { method: "POST", token: tokens.operator })).status).toBe(403);
	});
});
