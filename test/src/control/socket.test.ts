import { describe, expect, test } from "vitest";
import { encode } from "../../../src/control/osc/encode.ts";
import { CLOSE } from "../../../src/protocol/wire.ts";
import { MALFORMED, message } from "./osc/malformed.ts";
import { ControlStage } from "./stage.ts";

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
		const before = stage.listeners;
		const { end, enter, say } = stage.connect();
		enter({ status: true });
		end.receive(encode(message("/sub", "s", "/**")));
		say({ op: "set", id: 1, values: { "/hue": 1 } });
		end.closed();
		end.closed();
		expect([stage.listeners, stage.timing.waiting, stage.osc.feedback.size]).toEqual([before, 0, 0]);
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
