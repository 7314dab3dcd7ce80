import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MutoscopeError } from "../../../../src/base/errors.ts";
import { codeOf, type Served, serve } from "../fake.ts";

let served: Served;
beforeEach(() => {
	served = serve();
});
afterEach(() => served[Symbol.dispose]());

const OFFER = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\n";
const FRAGMENT = [
	"a=group:BUNDLE 0 1",
	"m=audio 9 UDP/TLS/RTP/SAVPF 111",
	"a=mid:0",
	"a=ice-ufrag:EsAw",
	"a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1",
	"a=candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host",
	"m=video 9 UDP/TLS/RTP/SAVPF 96",
	"a=mid:1",
	"a=candidate:1387637174 1 udp 2122260223 192.0.2.1 61766 typ host",
	"a=end-of-candidates",
	"",
].join("\r\n");
const sdp = { "content-type": "application/sdp" };
const frag = { "content-type": "application/trickle-ice-sdpfrag" };

describe.each(["whip", "whep"] as const)("%s", (kind) => {
	const at = `/api/v1/${kind}/main`;

	test("an offer is answered with where the connection is, its tag and the ICE servers", async () => {
		served.backend.answerer = () => ({
			id: "p 1",
			sdp: "answer",
			etag: "e1",
			iceServers: [
				{ urls: "stun:stun.example" },
				{ urls: ["turn:turn.example?transport=udp"], username: 'u"s', credential: "c" },
			],
		});
		const response = await served.ask(at, { method: "POST", headers: sdp, body: OFFER });
		expect([response.status, await response.text()]).toEqual([201, "answer"]);
		expect(response.headers.get("content-type")).toBe("application/sdp");
		expect(response.headers.get("location")).toBe(`${at}/p%201`);
		expect(response.headers.get("etag")).toBe('"e1"');
		expect(response.headers.get("accept-patch")).toBe("application/trickle-ice-sdpfrag");
		expect(response.headers.get("link")).toBe(
			'<stun:stun.example>; rel="ice-server", <turn:turn.example?transport=udp>; rel="ice-server"; username="u\\"s"; credential="c"; credential-type="password"',
		);
		expect(served.backend.calls).toEqual([["webrtc", "offer", { session: "main", sdp: OFFER, kind, role: "admin" }]]);
	});

	test.each([
		["another type", { method: "POST", headers: { "content-type": "text/plain" }, body: OFFER }, 415, "request/type"],
		["no offer", { method: "POST", headers: sdp, body: "" }, 422, "request/invalid-field"],
		["GET", {}, 405, "request/method"],
	])("%s is refused", async (_, init, status, code) => {
		const response = await served.ask(at, init);
		expect([response.status, await codeOf(response)]).toEqual([status, code]);
	});

	test("OPTIONS says what is taken, to anyone", async () => {
		const response = await served.ask(at, { method: "OPTIONS", token: null });
		expect([response.status, response.headers.get("accept-post")]).toEqual([204, "application/sdp"]);
	});

	test("an unknown session is 404", async () => {
		const response = await served.ask(`/api/v1/${kind}/nobody`, { method: "POST", headers: sdp, body: OFFER });
		expect(response.status).toBe(404);
	});

	test("candidates are added under the right tag", async () => {
		const headers = { ...frag, "if-match": '"e1"' };
		const response = await served.ask(`${at}/p1`, { method: "PATCH", headers, body: FRAGMENT });
		expect([response.status, response.headers.get("etag")]).toEqual([204, null]);
		expect(served.backend.calls).toEqual([
			[
				"webrtc",
				"patch",
				{
					id: "p1",
					etag: "e1",
					ufrag: "EsAw",
					pwd: "P2uYro0UCOQ4zxjKXaWCBui1",
					candidates: [
						{
							candidate: "candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host",
							sdpMid: "0",
							sdpMLineIndex: 0,
						},
						{
							candidate: "candidate:1387637174 1 udp 2122260223 192.0.2.1 61766 typ host",
							sdpMid: "1",
							sdpMLineIndex: 1,
						},
						{ candidate: "", sdpMid: "1", sdpMLineIndex: 1 },
					],
				},
			],
		]);
	});

	test("a restart of ICE answers with our fragment and a new tag", async () => {
		served.backend.answerer = () => ({ sdpfrag: "a=ice-ufrag:new", etag: "e2" });
		const headers = { ...frag, "if-match": "*" };
		const response = await served.ask(`${at}/p1`, { method: "PATCH", headers, body: FRAGMENT });
		expect([response.status, response.headers.get("etag"), await response.text()]).toEqual([
			200,
			'"e2"',
			"a=ice-ufrag:new",
		]);
		expect(response.headers.get("content-type")).toBe("application/trickle-ice-sdpfrag");
	});

	test.each([
		["without a tag", {}, FRAGMENT, 428, "webrtc/precondition"],
		["with an older tag", { "if-match": '"e0"' }, FRAGMENT, 412, "webrtc/stale"],
		["that says nothing", { "if-match": '"e1"' }, "a=group:BUNDLE 0\r\n", 422, "webrtc/invalid-offer"],
	])("a fragment %s is refused", async (_, match, body, status, code) => {
		served.backend.answerer = () => {
			throw new MutoscopeError("webrtc/stale", {});
		};
		const response = await served.ask(`${at}/p1`, {
			method: "PATCH",
			headers: { ...frag, ...(match as Record<string, string>) },
			body,
		});
		expect([response.status, await codeOf(response)]).toEqual([status, code]);
	});

	test("DELETE ends it; twice is 404", async () => {
		expect((await served.ask(`${at}/p1`, { method: "DELETE" })).status).toBe(200);
		served.backend.answerer = () => {
			throw new MutoscopeError("webrtc/unknown-peer", { peer: "p1" });
		};
		expect((await served.ask(`${at}/p1`, { method: "DELETE" })).status).toBe(404);
	});

	test("an answer of the service that makes no sense is ours to excuse", async () => {
		served.backend.answerer = () => ({ id: 7 });
		const response = await served.ask(at, { method: "POST", headers: sdp, body: OFFER });
		expect([response.status, await codeOf(response)]).toEqual([502, "server/bad-answer"]);
	});
});

test("a camera needs an operator, a viewer's token is enough to watch, and both may stand in the address", async () => {
	const { tokens, ask } = served;
	const post = (kind: string, token: string) =>
		ask(`/api/v1/${kind}/main?token=${token}`, { method: "POST", token: null, headers: sdp, body: OFFER });
	expect((await post("whip", tokens.viewer)).status).toBe(403);
	expect((await post("whip", "wrong")).status).toBe(401);
	const watched = await post("whep", tokens.viewer);
	expect(watched.headers.get("location")).toBe(`/api/v1/whep/main/peer-1?token=${tokens.viewer}`);
	expect((await post("whip", tokens.operator)).status).toBe(201);
});

describe("Scope's signalling", () => {
	test("offer, candidates, end", async () => {
		const body = { sdp: OFFER, type: "offer", initialParameters: { noise_scale: 0.5 }, user_id: "x" };
		const offer = await served.ask("/api/v1/webrtc/offer", { method: "POST", json: body });
		expect(await offer.json()).toEqual({ sdp: "v=0\r\nanswer\r\n", type: "answer", sessionId: "peer-1" });
		const candidates = [{ candidate: "candidate:1", sdpMid: "0", sdpMLineIndex: 0 }, { candidate: "" }];
		const patch = await served.ask("/api/v1/webrtc/offer/peer-1", { method: "PATCH", json: { candidates } });
		expect(patch.status).toBe(204);
		expect((await served.ask("/api/v1/webrtc/offer/peer-1", { method: "DELETE" })).status).toBe(204);
		expect(served.backend.calls).toEqual([
			[
				"webrtc",
				"offer",
				{ session: "main", sdp: OFFER, kind: "scope", role: "admin", parameters: { noise_scale: 0.5 } },
			],
			["webrtc", "patch", { id: "peer-1", candidates }],
			["webrtc", "remove", { id: "peer-1" }],
		]);
	});

	test("a viewer may watch; what it may not do is told to the service", async () => {
		const json = { sdp: OFFER, type: "offer" };
		await served.ask("/api/v1/webrtc/offer", { method: "POST", json, token: served.tokens.viewer });
		expect(served.backend.calls).toMatchObject([["webrtc", "offer", { role: "viewer" }]]);
	});

	test("ICE servers", async () => {
		const response = await served.ask("/api/v1/webrtc/ice-servers");
		expect(await response.json()).toEqual({ iceServers: [{ urls: "stun:stun.example:3478" }] });
	});

	test("errors carry Scope's detail", async () => {
		served.backend.answerer = () => {
			throw new MutoscopeError("webrtc/unknown-peer", { peer: "gone" });
		};
		const response = await served.ask("/api/v1/webrtc/offer/gone", { method: "DELETE" });
		expect([response.status, await response.json()]).toEqual([
			404,
			expect.objectContaining({ code: "webrtc/unknown-peer", detail: "There is no WebRTC session gone." }),
		]);
	});
});
