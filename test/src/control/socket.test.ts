import { describe, expect, test } from "vitest";
import { MutoscopeError } from "../../../src/base/errors.ts";
import type { Method } from "../../../src/control/context.ts";
import { encode } from "../../../src/control/osc/encode.ts";
import { CLOSE } from "../../../src/protocol/wire.ts";
import { MALFORMED, message } from "./osc/malformed.ts";
import { ControlStage } from "./stage.ts";

const TICK = 1 / 60;

describe("a connection", () => {
	test("is greeted, identifies itself, and is told every parameter and value", () => {
		const stage = new ControlStage();
		const { say, told } = stage.connect({});
		expect(told()).toEqual([{ op: "hello", rpc: 1, session: expect.any(String), authorised: false }]);
		say({ op: "identify", rpc: 1, token: "turn" });
		const [welcome] = told();
		expect(welcome).toMatchObject({ op: "identified", resumed: false, role: "operator", rev: stage.store.revision });
		if (welcome?.op !== "identified") throw new Error();
		expect(welcome.values).toEqual(stage.store.since(0));
		expect(welcome.tree).toHaveLength(stage.store.list().length);
		expect(welcome.tree?.find(({ address }) => address === "/main/vace/scale")).toMatchObject({
			type: "number",
			min: 0,
			max: 2,
		});
		expect(welcome.tree?.find(({ address }) => address === "/main/prompt/1/text")?.aliases).toEqual(["/main/prompt"]);
	});

	test("that was authorised before needs no token, and keeps the better role", () => {
		const stage = new ControlStage();
		expect(stage.connect({ role: "admin" }).enter({ token: "look" }).role).toBe("admin");
		expect(stage.connect({ role: "viewer" }).enter({ token: "turn" }).role).toBe("operator");
		expect(stage.connect({ role: "viewer" }).enter().role).toBe("viewer");
	});

	test.each([
		["no token", { op: "identify", rpc: 1 }, CLOSE.unauthorised],
		["a wrong token", { op: "identify", rpc: 1, token: "guess" }, CLOSE.unauthorised],
		["another version", { op: "identify", rpc: 2, token: "turn" }, CLOSE.rpc],
	])("with %s is closed", (_, identify, code) => {
		const { end, line, told } = new ControlStage().connect({});
		end.receive(JSON.stringify(identify));
		expect(line.closed?.[0]).toBe(code);
		end.receive(JSON.stringify({ op: "get", id: 1, addresses: [] }));
		expect(told().map(({ op }) => op)).toEqual(["hello"]);
	});

	test("that does not identify itself in three seconds is closed", () => {
		const stage = new ControlStage();
		const { line } = stage.connect();
		const in_time = stage.connect();
		stage.timing.pass(2.9);
		expect(line.closed).toBeUndefined();
		in_time.enter();
		stage.timing.pass(0.2);
		expect([line.closed?.[0], in_time.line.closed]).toEqual([CLOSE.notIdentified, undefined]);
	});

	test("may do nothing before that", () => {
		const stage = new ControlStage();
		const { say, told } = stage.connect();
		say({ op: "set", id: 1, values: { "/vace/scale": 2 } });
		expect(told().at(-1)).toMatchObject({ op: "error", id: 1, error: { code: "request/invalid" } });
		expect(stage.store.get("/vace/scale")).toBe(1);
	});

	test("leaves nothing behind when it closes, twice", () => {
		const stage = new ControlStage();
		const { end, enter, say } = stage.connect();
		enter({ status: true });
		end.receive(encode(message("/sub", "s", "/**")));
		say({ op: "set", id: 1, values: { "/hue": 1 } });
		end.closed();
		end.closed();
		expect([stage.listeners, stage.timing.waiting, stage.osc.feedback.size]).toEqual([0, 0, 0]);
	});
});

describe("set", () => {
	test("is acknowledged, and told in which frame it showed", () => {
		const stage = new ControlStage();
		const { say, told, enter } = stage.connect();
		enter();
		stage.show(10);
		say({ op: "set", id: 7, values: { "/vace/scale": 1.2, "/palette": "ice" } });
		const rev = stage.store.revision;
		expect(told()).toEqual([{ op: "ack", id: 7, rev, clamped: {} }]);
		stage.show(11, rev - 1);
		expect(told()).toEqual([]);
		stage.show(12);
		expect(told()).toEqual([{ op: "applied", id: 7, rev, session: "main", frame: 12 }]);
		stage.show(13);
		expect(told()).toEqual([]);
	});

	test("that changes nothing shows already", () => {
		const stage = new ControlStage();
		const { say, told, enter } = stage.connect();
		enter();
		stage.show(10);
		stage.store.mount("/daemon", { type: "object", properties: { x: { type: "number" } } });
		say({ op: "set", id: "a", values: { "/vace/scale": 1 } });
		expect(told().map(({ op }) => op)).toEqual(["ack", "applied"]);
	});

	test("that touches no session shows at once", () => {
		const stage = new ControlStage();
		stage.store.mount("/daemon", { type: "object", properties: { x: { type: "number" } } });
		const { say, told, enter } = stage.connect();
		enter();
		say({ op: "set", id: 1, values: { "/daemon/x": 3 } });
		expect(told()).toContainEqual({ op: "applied", id: 1, rev: stage.store.revision, session: "", frame: -1 });
	});

	test("tells what was out of range: in the ack, or as a value without one", () => {
		const stage = new ControlStage();
		const { say, told, enter } = stage.connect();
		enter();
		say({ op: "set", id: 1, values: { "/vace/scale": 9 } });
		expect(told()[0]).toMatchObject({ op: "ack", clamped: { "/main/vace/scale": 2 } });
		say({ op: "set", values: { "/vace/scale": -9, "/hue": 7 } });
		stage.timing.pass(TICK);
		expect(told()).toMatchObject([{ op: "values", values: { "/main/vace/scale": 0 } }]);
	});

	test("is all or nothing", () => {
		const stage = new ControlStage();
		const { say, told, enter } = stage.connect();
		enter();
		say({ op: "set", id: 3, values: { "/vace/scale": 2, "/palette": "mud" } });
		expect(told()).toMatchObject([
			{ op: "error", id: 3, error: { code: "param/invalid", details: { address: "/palette" } } },
		]);
		expect(stage.store.get("/vace/scale")).toBe(1);
	});

	test("with a ramp travels, as ramp does", () => {
		const stage = new ControlStage();
		const { say, told, enter } = stage.connect();
		enter();
		say({ op: "set", id: 1, values: { "/vace/scale": 2 }, ramp: { s: 2 } });
		say({ op: "ramp", id: 2, address: "/hue", to: 100, s: 2, curve: "smooth" });
		stage.timing.pass(1);
		stage.store.tick(stage.timing.now);
		stage.timing.pass(TICK);
		expect(told().at(-1)).toMatchObject({ op: "values", values: { "/main/vace/scale": 1.5, "/main/hue": 50 } });
	});

	test("of a batch lands in one revision, in order", () => {
		const stage = new ControlStage();
		const { say, told, enter } = stage.connect();
		enter();
		const before = stage.store.revision;
		say({
			op: "batch",
			id: 1,
			ops: [
				{ op: "set", values: { "/vace/scale": 0, "/cache/reset": null } },
				{ op: "ramp", address: "/vace/scale", to: 2, s: 4 },
			],
		});
		expect([stage.store.revision, told()[0]?.op]).toEqual([before + 1, "ack"]);
		stage.store.tick(stage.timing.now + 2);
		expect(stage.store.get("/vace/scale")).toBe(1);
		expect(stage.store.snapshot("/main").fired).toEqual({ "/cache/reset": 1 });
	});

	test("with an id that was seen is answered again, not done again", () => {
		const stage = new ControlStage();
		const { say, told, enter } = stage.connect();
		enter();
		for (let i = 0; i < 3; i++) say({ op: "set", id: 5, values: { "/cache/reset": true } });
		stage.show(20);
		expect(stage.store.snapshot("/main").fired).toEqual({ "/cache/reset": 1 });
		expect(told().map(({ op }) => op)).toEqual(["ack", "ack", "ack", "applied", "applied", "applied"]);
	});

	test("is not for viewers", () => {
		const stage = new ControlStage();
		const { say, told, enter, end } = stage.connect({ role: "viewer" });
		enter();
		say({ op: "set", id: 1, values: { "/vace/scale": 2 } }, { op: "ramp", id: 2, address: "/hue", to: 1, s: 0 });
		end.receive(encode(message("/vace/scale", "f", 2)));
		say({ op: "get", id: 3, addresses: ["/vace/scale"] });
		const heard = told();
		expect(heard.slice(0, 3)).toMatchObject(
			[1, 2, undefined].map(() => ({ op: "error", error: { code: "auth/forbidden" } })),
		);
		expect(heard[3]).toEqual({ op: "result", id: 3, value: { "/vace/scale": 1 } });
	});
});

describe("values", () => {
	test("are told to others, the newest of each, at most so often, and never to who set them", () => {
		const stage = new ControlStage();
		const [fader, page] = [stage.connect(), stage.connect()];
		fader.enter();
		page.enter({ maxHz: 20 });
		for (let i = 1; i <= 600; i++) {
			fader.say({ op: "set", values: { "/vace/scale": i / 600 } });
			stage.timing.pass(TICK);
		}
		stage.timing.pass(1);
		const heard = page.told();
		expect(heard.length).toBeLessThanOrEqual(202);
		expect(heard.length).toBeGreaterThanOrEqual(190);
		expect(heard.at(-1)).toEqual({ op: "values", rev: stage.store.revision, values: { "/main/vace/scale": 1 } });
		expect(fader.told()).toEqual([]);
	});

	test("name triggers that others fired", () => {
		const stage = new ControlStage();
		const { told, enter } = stage.connect();
		enter();
		stage.store.set([["/cache/reset", 1]], "osc");
		stage.timing.pass(TICK);
		expect(told()).toEqual([{ op: "values", rev: stage.store.revision, values: {}, fired: ["/main/cache/reset"] }]);
	});

	test("are only those asked for, in whatever way the address is said", () => {
		const stage = new ControlStage();
		const { told, enter, say } = stage.connect();
		expect(Object.keys(enter({ sub: ["/vace/*", "/prompt"] }).values)).toEqual([
			"/main/prompt/1/text",
			"/main/vace/scale",
			"/main/vace/enabled",
		]);
		stage.store.set(
			[
				["/hue", 3],
				["/prompt", "x"],
			],
			"osc",
		);
		stage.timing.pass(TICK);
		expect(told()).toMatchObject([{ values: { "/main/prompt/1/text": "x" } }]);
		say({ op: "subscribe", id: 1, patterns: ["/main/hue"], maxHz: 10 });
		stage.timing.pass(1);
		expect(told()).toMatchObject([
			{ op: "result", id: 1 },
			{ op: "values", values: { "/main/hue": 3 } },
		]);
		say({ op: "subscribe", id: 2, patterns: ["/[a"] });
		expect(told()).toMatchObject([{ op: "error", id: 2, error: { code: "request/invalid" } }]);
	});

	test("come with the tree when parameters come or go", () => {
		const stage = new ControlStage();
		const { told, enter } = stage.connect();
		enter();
		stage.store.set([["/main/hue", 3]], "osc");
		stage.store.mount("/main", { type: "object", properties: { hue: { type: "integer", default: 1 } } });
		stage.store.mount("/x", { type: "object", properties: { y: { type: "number", default: 1 } } });
		stage.timing.pass(1);
		const [tree, ...more] = told();
		expect(more).toEqual([]);
		expect(tree).toMatchObject({ op: "tree", rev: stage.store.revision, values: { "/main/hue": 3, "/x/y": 1 } });
	});

	test("wait while the client is slow, and then are the newest", () => {
		const stage = new ControlStage();
		const { told, enter, line } = stage.connect();
		enter();
		line.buffered = 300_000;
		for (let i = 0; i < 100; i++) {
			stage.store.set([["/hue", i]], "osc");
			stage.timing.pass(0.04);
		}
		expect(told()).toEqual([]);
		line.buffered = 0;
		stage.timing.pass(0.1);
		expect(told()).toMatchObject([{ values: { "/main/hue": 99 } }]);
	});

	test("are not worth a client that is slow for five seconds, or has 4 MB to read", () => {
		const stage = new ControlStage();
		const [slow, full] = [stage.connect(), stage.connect()];
		slow.enter();
		full.enter();
		slow.line.buffered = 300_000;
		stage.store.set([["/hue", 1]], "osc");
		stage.timing.pass(4.9);
		expect(slow.line.closed).toBeUndefined();
		stage.timing.pass(0.3);
		expect(slow.line.closed?.[0]).toBe(CLOSE.slow);
		full.line.buffered = 5_000_000;
		full.say({ op: "get", id: 1, addresses: ["/hue"] });
		expect(full.line.closed?.[0]).toBe(CLOSE.slow);
	});
});

describe("a client that comes back", () => {
	test("is told only what changed since", () => {
		const stage = new ControlStage();
		const first = stage.connect();
		const { session, rev } = first.enter();
		first.end.closed();
		stage.store.set([["/hue", 33]], "osc");
		const again = stage.connect().enter({ resume: { session, rev } });
		expect(again).toEqual({
			op: "identified",
			session,
			resumed: true,
			role: "operator",
			rev: stage.store.revision,
			values: { "/main/hue": 33 },
		});
	});

	test("is told the tree when it changed", () => {
		const stage = new ControlStage();
		const first = stage.connect();
		const { session, rev } = first.enter();
		first.end.closed();
		stage.store.unmount("/main/transport");
		const again = stage.connect().enter({ resume: { session, rev } });
		expect(again.tree).toBeDefined();
		expect(again.values).toEqual(stage.store.since(0));
	});

	test("misses nothing that was still to be sent, whatever revision it saw in an ack", () => {
		const stage = new ControlStage();
		const first = stage.connect();
		const { session } = first.enter({ maxHz: 1 });
		first.say({ op: "set", id: 1, values: { "/hue": 1 } });
		stage.timing.pass(2);
		stage.store.set([["/vace/scale", 0.5]], "osc");
		stage.timing.pass(0.1);
		stage.store.set([["/vace/scale", 0.25]], "osc");
		first.say({ op: "set", id: 2, values: { "/hue": 2 } });
		first.end.closed();
		const again = stage.connect().enter({ resume: { session, rev: stage.store.revision } });
		expect(again.values).toMatchObject({ "/main/vace/scale": 0.25 });
	});

	test("has its ids still seen", () => {
		const stage = new ControlStage();
		const first = stage.connect();
		const { session, rev } = first.enter();
		first.say({ op: "set", id: 1, values: { "/cache/reset": true } });
		first.end.closed();
		const second = stage.connect();
		second.enter({ resume: { session, rev } });
		second.say({ op: "set", id: 1, values: { "/cache/reset": true } });
		stage.show(4);
		expect(second.told().map(({ op }) => op)).toEqual(["ack", "applied"]);
		expect(stage.store.snapshot("/main").fired).toEqual({ "/cache/reset": 1 });
	});

	test("takes the place of a connection that hangs", () => {
		const stage = new ControlStage();
		const first = stage.connect();
		const { session, rev } = first.enter();
		expect(stage.connect().enter({ resume: { session, rev } }).resumed).toBe(true);
		expect(first.line.closed?.[0]).toBe(CLOSE.replaced);
	});

	test("too late, or to another daemon, begins anew", () => {
		const stage = new ControlStage();
		const first = stage.connect();
		const { session, rev } = first.enter();
		first.end.closed();
		stage.timing.pass(601);
		stage.connect();
		const late = stage.connect().enter({ resume: { session, rev } });
		expect([late.resumed, late.session === session, late.tree !== undefined]).toEqual([false, false, true]);
		const own = stage.connect();
		const hello = own.told()[0];
		const self = own.enter({ resume: { session: hello?.op === "hello" ? hello.session : "", rev: 10_000 } });
		expect([self.resumed, self.tree !== undefined]).toEqual([false, true]);
	});
});

describe("call", () => {
	const method = (run: Method["run"], role: Method["role"] = "operator"): Method => ({ role, run });

	test("runs a method as its caller, and answers", async () => {
		const stage = new ControlStage();
		stage.methods["preset.save"] = method((params, { role, origin }) => ({ params, role, known: origin.length > 0 }));
		const { say, told, enter } = stage.connect();
		enter();
		say({ op: "call", id: 1, method: "preset.save", params: { name: "dusk" } });
		await expect
			.poll(told)
			.toEqual([{ op: "result", id: 1, value: { params: { name: "dusk" }, role: "operator", known: true } }]);
	});

	test("tells why it failed, and nothing of what is inside", async () => {
		const stage = new ControlStage();
		stage.methods.known = method(() => {
			throw new MutoscopeError("preset/unknown", { preset: "x" });
		});
		stage.methods.unknown = method(() => {
			throw new Error("the password is hunter2");
		});
		const { say, told, enter } = stage.connect();
		enter();
		say({ op: "call", id: 1, method: "known" }, { op: "call", id: 2, method: "unknown" });
		const heard: unknown[] = [];
		await expect.poll(() => heard.push(...told()) && heard.length).toBe(2);
		expect(heard).toMatchObject([
			{ op: "error", id: 1, error: { code: "preset/unknown" } },
			{ op: "error", id: 2, error: { code: "server/internal" } },
		]);
		expect(JSON.stringify(heard)).not.toContain("hunter2");
		expect(stage.lines).toEqual(["A method failed"]);
	});

	test("is refused where there is none, where the role does not do, and when 32 run", () => {
		const stage = new ControlStage();
		stage.methods["daemon.stop"] = method(() => null, "admin");
		stage.methods.slow = method(() => new Promise(() => {}));
		const { say, told, enter } = stage.connect();
		enter();
		for (const [id, name] of ["nothing", "toString", "__proto__", "daemon.stop"].entries())
			say({ op: "call", id, method: name });
		expect(told().map((message) => message.op === "error" && message.error.code)).toEqual([
			"request/not-found",
			"request/not-found",
			"request/not-found",
			"auth/forbidden",
		]);
		for (let id = 10; id < 43; id++) say({ op: "call", id, method: "slow" });
		expect(told()).toMatchObject([{ op: "error", id: 42, error: { code: "request/too-many" } }]);
	});

	test("is aborted when the client goes, and done once for one id", async () => {
		const stage = new ControlStage();
		let runs = 0;
		let aborted: AbortSignal | undefined;
		stage.methods.slow = method((_, { signal }) => {
			runs++;
			aborted = signal;
			return new Promise(() => {});
		});
		const { say, end, enter } = stage.connect();
		enter();
		say({ op: "call", id: 1, method: "slow" }, { op: "call", id: 1, method: "slow" });
		end.closed();
		expect([runs, aborted?.aborted]).toEqual([1, true]);
	});
});

describe("news", () => {
	test("are status and log for those who asked", () => {
		const stage = new ControlStage();
		const [asked, not, viewer] = [stage.connect(), stage.connect(), stage.connect({ role: "viewer" })];
		asked.enter({ status: true });
		not.enter();
		viewer.enter({ status: true });
		stage.tellStatus();
		stage.tellLog("one");
		stage.tellLog("two");
		stage.timing.pass(1);
		expect(asked.told()).toMatchObject([
			{ op: "status" },
			{ op: "log", lines: [{ message: "one" }, { message: "two" }] },
		]);
		expect(viewer.told()).toMatchObject([{ op: "status" }]);
		expect(not.told()).toEqual([]);
	});
});

describe("what is malformed", () => {
	test.each<[string, string | Uint8Array]>([
		["no JSON", "{"],
		["no object", "[]"],
		["null", "null"],
		["a number", "7"],
		["no op", "{}"],
		["an unknown op", '{"op":"format"}'],
		["an address without a slash", '{"op":"set","values":{"vace/scale":1}}'],
		["a value that is an object", '{"op":"set","values":{"/vace/scale":{}}}'],
		["a number that is none", '{"op":"set","values":{"/vace/scale":1e999}}'],
		["a negative ramp", '{"op":"ramp","address":"/hue","to":1,"s":-1}'],
		["a batch of nothing", '{"op":"batch","ops":[]}'],
		["a batch in a batch", '{"op":"batch","ops":[{"op":"batch","ops":[]}]}'],
		["a second identify", '{"op":"identify","rpc":1}'],
		["a message that is too long", " ".repeat(1024 * 1024 + 1)],
	])("is answered with an error, and the connection lives on: %s", (_, data) => {
		const stage = new ControlStage();
		const { end, told, say, enter } = stage.connect();
		enter();
		const before = stage.store.revision;
		end.receive(data);
		expect(told()).toMatchObject([{ op: "error", error: { code: expect.stringMatching(/^request\//) } }]);
		say({ op: "get", id: 1, addresses: ["/hue"] });
		expect([told()[0]?.op, stage.store.revision]).toEqual(["result", before]);
	});

	test("is cut off when it does not end", () => {
		const stage = new ControlStage();
		const { end, told, line, enter } = stage.connect();
		enter();
		for (let i = 0; i < 600; i++) end.receive("{");
		expect([told().length, line.closed?.[0]]).toEqual([500, CLOSE.malformed]);
	});

	test("is cut off when it is a flood", () => {
		const stage = new ControlStage();
		const { say, line, enter } = stage.connect();
		enter();
		for (let i = 0; i < 11_000; i++) say({ op: "set", values: { "/hue": i % 360 } });
		expect(line.closed?.[0]).toBe(CLOSE.rate);
	});
});

describe("OSC as binary messages", () => {
	test("turns parameters, is told of nothing it said itself, and changes nothing when malformed", () => {
		const stage = new ControlStage();
		const { end, told, enter } = stage.connect();
		enter();
		end.receive(encode(message("/vace/scale", "f", 0.5)));
		stage.timing.pass(1);
		expect([stage.store.get("/vace/scale"), told()]).toEqual([0.5, []]);
		const { revision } = stage.store;
		for (const [, raw] of MALFORMED) end.receive(raw);
		expect([stage.store.revision, told()]).toEqual([revision, []]);
	});

	test("is answered and fed back as binary messages", () => {
		const stage = new ControlStage();
		const { end, packets, enter } = stage.connect();
		enter({ sub: [] });
		end.receive(encode(message("/sub", "s", "/hue")));
		stage.timing.pass(1);
		stage.store.set([["/hue", 7]], "page");
		stage.timing.pass(1);
		end.receive(encode(message("/nothing", "i", 7)));
		const said = packets.map((packet) => Buffer.from(packet).toString("latin1").split("\0")[0]);
		expect(said).toEqual(["/hue", "/hue", "/error"]);
	});
});

describe("Daydream Scope's data channel", () => {
	test("is read as it is, without greeting or identifying", () => {
		const stage = new ControlStage();
		const { end, told, line } = stage.connect({ role: "operator", scope: "/main" });
		const dict = (parameters: object) => end.receive(JSON.stringify(parameters));
		dict({
			prompts: [
				{ text: "a fox", weight: 100 },
				{ text: "snow", weight: 50 },
			],
			vace_context_scale: 1.5,
			denoising_step_list: [1000, 750],
			reset_cache: true,
			manage_cache: true,
			pipeline_ids: ["longlive"],
			palette: "mud",
			hue: 77,
		});
		dict({ paused: true });
		dict({ transition: { target_prompts: [{ text: "a wolf", weight: 1 }], num_steps: 4 } });
		end.receive("nonsense");
		stage.timing.pass(10);
		const { store } = stage;
		expect(
			["/prompt", "/prompt/1/weight", "/prompt/2/text", "/prompt/2/weight", "/prompt/3/weight"].map((at) =>
				store.get(at),
			),
		).toEqual(["a wolf", 1, "snow", 0, 0]);
		expect(
			["/vace/scale", "/denoise/steps", "/hue", "/palette", "/transport/paused"].map((at) => store.get(at)),
		).toEqual([1.5, [1000, 750], 77, "ink", true]);
		expect(store.snapshot("/main").fired).toEqual({ "/cache/reset": 1 });
		expect([told().map(({ op }) => op), line.closed]).toEqual([["error"], undefined]);
	});

	test("may speak our protocol too", () => {
		const stage = new ControlStage();
		const { enter, say, told } = stage.connect({ role: "operator", scope: "/main" });
		enter();
		say({ op: "set", id: 1, values: { "/hue": 9 } });
		expect(told()).toMatchObject([{ op: "ack", id: 1 }]);
	});

	test("may do nothing as a viewer", () => {
		const stage = new ControlStage();
		const { end, told } = stage.connect({ role: "viewer", scope: "/main" });
		end.receive('{"hue":3}');
		expect([stage.store.get("/hue"), told()[0]]).toMatchObject([0, { error: { code: "auth/forbidden" } }]);
	});
});
