import { describe, expect, test } from "vitest";
import { LEASE } from "../../../../src/control/osc/feedback.ts";
import { Peer } from "../../../../src/control/osc/peer.ts";
import { message } from "./malformed.ts";
import { OscStage } from "./stage.ts";

const TICK = 1 / 60;

describe("a subscription", () => {
	test("is told the values it means at once, then what others turn", () => {
		const stage = new OscStage();
		const { say, told } = stage.peer();
		say(message("/sub", "si", "/vace/*", 9001));
		stage.timing.pass(TICK);
		expect(told()).toEqual([
			[9001, "/vace/scale", 1],
			[9001, "/vace/enabled", 1],
		]);
		stage.store.set(
			[
				["/vace/scale", 0.5],
				["/hue", 9],
			],
			"page",
		);
		stage.timing.pass(TICK);
		expect(told()).toEqual([[9001, "/vace/scale", 0.5]]);
	});

	test("hears under the address it asked for", () => {
		const stage = new OscStage();
		const { say, told } = stage.peer();
		for (const pattern of ["/main/hue", "/prompt", "/hue", "/vace/scale/norm", "/main/**/reset"]) {
			say(message("/sub", "si", pattern, 9001));
		}
		stage.timing.pass(TICK);
		expect(told()).toEqual([
			[9001, "/main/hue", 0],
			[9001, "/hue", 0],
			[9001, "/prompt", "a lake"],
			[9001, "/vace/scale/norm", 0.5],
		]);
	});

	test("says everything with i, f and s", () => {
		const stage = new OscStage();
		const { say, heard } = stage.peer();
		say(message("/sub", "si", "/main/**", 9001), message("/seed", "h", 4_000_000_000n));
		stage.timing.pass(1);
		expect(new Set(heard.flatMap(({ types }) => [...types]))).toEqual(new Set("ifs"));
		expect(heard.find(({ address }) => address === "/main/denoise/steps")).toMatchObject({
			types: "ii",
			args: [1000, 500],
		});
	});

	test("is never told what it turned itself, but what others turned since", () => {
		const stage = new OscStage();
		const { say, told } = stage.peer();
		say(message("/sub", "si", "/vace/scale", 9001));
		stage.timing.pass(TICK);
		told();
		say(message("/vace/scale", "f", 0.7));
		stage.timing.pass(1);
		expect(told()).toEqual([]);
		stage.store.set([["/vace/scale", 0.7]], "page");
		stage.timing.pass(1);
		expect(told()).toEqual([]);
		stage.store.set([["/vace/scale", 0.2]], "page");
		say(message("/vace/scale", "f", 0.9));
		stage.timing.pass(1);
		expect(told()).toEqual([]);
		stage.store.set([["/vace/scale", 0.2]], "page");
		stage.timing.pass(1);
		expect(told()).toEqual([[9001, "/vace/scale", Math.fround(0.2)]]);
	});

	test("is not told what it sends from the port that it listens on", () => {
		const stage = new OscStage();
		const [helper, fader] = [stage.peer(5000), stage.peer(9001)];
		helper.say(message("/sub", "si", "/vace/scale", 9001));
		stage.timing.pass(TICK);
		helper.told();
		fader.say(message("/vace/scale", "f", 0.3));
		stage.timing.pass(1);
		expect(helper.told()).toEqual([]);
	});

	test("is told the newest value of each, no more often than it asked for", () => {
		const stage = new OscStage();
		const { say, told } = stage.peer();
		say(message("/sub", "sii", "/vace/scale", 9001, 10));
		stage.timing.pass(TICK);
		told();
		for (let i = 1; i <= 1000; i++) {
			stage.store.set([["/vace/scale", i / 1000]], "page");
			stage.timing.pass(0.001);
		}
		stage.timing.pass(1);
		const heard = told();
		expect(heard.length).toBeGreaterThanOrEqual(9);
		expect(heard.length).toBeLessThanOrEqual(11);
		expect(heard.at(-1)).toEqual([9001, "/vace/scale", 1]);
	});

	test("ends with its lease unless renewed", () => {
		const stage = new OscStage();
		const { say, told } = stage.peer();
		say(message("/sub", "si", "/vace/scale", 9001));
		for (let i = 0; i < 3; i++) {
			stage.timing.pass(LEASE - 1);
			say(message("/renew", "i", 9001));
		}
		told();
		stage.store.set([["/vace/scale", 0.5]], "page");
		stage.timing.pass(LEASE - 1);
		expect(told()).toHaveLength(1);
		stage.timing.pass(2);
		stage.store.set([["/vace/scale", 0.6]], "page");
		stage.timing.pass(1);
		expect(told()).toEqual([]);
		say(message("/renew", "i", 9001));
		expect(told()).toEqual([[5000, "/error", "/renew", 422, expect.any(String)]]);
	});

	test("ends when it is taken back", () => {
		const stage = new OscStage();
		const { say, told } = stage.peer();
		say(message("/sub", "si", "/vace/scale", 9001), message("/sub", "si", "/hue", 9001));
		say(message("/unsub", "si", "/hue", 9001));
		stage.timing.pass(1);
		expect(told()).toEqual([[9001, "/vace/scale", 1]]);
		say(message("/unsub", "si", "/vace/scale", 9001));
		expect(stage.intake.feedback.size).toBe(0);
		stage.store.set([["/vace/scale", 0.5]], "page");
		stage.timing.pass(1);
		expect([told(), stage.timing.waiting]).toEqual([[], 0]);
	});

	test("is told everything anew when it asks, a hundred at a time", () => {
		const stage = new OscStage();
		const properties = Object.fromEntries(
			Array.from({ length: 250 }, (_, i) => [`p${i}`, { type: "number", default: i }]),
		);
		stage.store.mount("/many", { type: "object", properties });
		const { say, told } = stage.peer();
		say(message("/sub", "si", "/many/**", 9001));
		stage.timing.pass(1);
		expect(told()).toHaveLength(250);
		say(message("/sync", "i", 9001));
		stage.timing.pass(TICK / 2);
		expect(told()).toHaveLength(100);
		stage.timing.pass(1);
		expect(told()).toHaveLength(150);
	});

	test("goes on when parameters come and go", () => {
		const stage = new OscStage();
		const { say, told } = stage.peer();
		say(message("/sub", "si", "/brush/**", 9001));
		stage.timing.pass(1);
		stage.store.mount("/brush", { type: "object", properties: { size: { type: "number", default: 3 } } });
		stage.timing.pass(1);
		expect(told()).toEqual([[9001, "/brush/size", 3]]);
		stage.store.mount("/other", { type: "object", properties: { size: { type: "number", default: 3 } } });
		stage.timing.pass(1);
		expect(told()).toEqual([]);
		stage.store.set([["/brush/size", 4]], "page");
		stage.store.unmount("/brush");
		stage.timing.pass(1);
		expect(told()).toEqual([]);
	});

	test("over a connection comes back the same way, holds while it is slow, and needs no lease", () => {
		const stage = new OscStage();
		let ready = true;
		let packets = 0;
		const peer = new Peer({ origin: "osc:tcp:x", reply: () => packets++, ready: () => ready });
		const { say } = stage.peer();
		stage.intake.receive(encodeSub(), peer);
		stage.timing.pass(1);
		expect(packets).toBe(1);
		ready = false;
		for (let i = 0; i < 100; i++) {
			say(message("/vace/scale", "f", i / 100));
			stage.timing.pass(0.01);
		}
		expect(packets).toBe(1);
		ready = true;
		stage.timing.pass(2 * LEASE);
		expect(packets).toBe(2);
		stage.intake.feedback.unsubscribe("osc:tcp:x");
		expect(stage.intake.feedback.size).toBe(0);
	});

	test.each([
		["no pattern", message("/sub", "i", 9001)],
		["a bad pattern", message("/sub", "si", "/[a", 9001)],
		["a port of 0", message("/sub", "si", "/a", 0)],
		["a port of 70000", message("/sub", "si", "/a", 70_000)],
		["a port of 9000.5", message("/sub", "sf", "/a", 9000.5)],
		["nothing to renew", message("/renew")],
		["nothing to sync", message("/sync")],
		["nothing to get", message("/get")],
		["something unknown to get", message("/get", "s", "/nothing")],
	])("is refused with %s", (_, packet) => {
		const { say, told } = new OscStage().peer();
		say(packet);
		expect(told()).toEqual([[5000, "/error", expect.any(String), 422, expect.any(String)]]);
	});

	test("is one of 64, with 16 patterns each", () => {
		const stage = new OscStage();
		const { say, told } = stage.peer();
		for (let port = 9000; port < 9100; port++) say(message("/sub", "si", "/vace/scale", port));
		expect(stage.intake.feedback.size).toBe(64);
		stage.timing.pass(1);
		told();
		for (let i = 0; i < 20; i++) say(message("/sub", "si", `/vace/scale${"?".repeat(i)}`, 9000));
		expect(told().map(([, address]) => address)).toEqual(Array.from({ length: 4 }, () => "/error"));
	});
});

describe("a question", () => {
	test("is answered at the address that was asked for", () => {
		const stage = new OscStage();
		const { say, told } = stage.peer();
		say(
			message("/get", "s", "/vace/scale"),
			message("/get", "s", "/vace/scale/norm"),
			message("/get", "s", "/prompt/[12]/weight"),
		);
		expect(told()).toEqual([
			[5000, "/vace/scale", 1],
			[5000, "/vace/scale/norm", 0.5],
			[5000, "/prompt/1/weight", 1],
			[5000, "/prompt/2/weight", 1],
		]);
	});
});

function encodeSub(): Uint8Array {
	return Buffer.from("/sub\0\0\0\0,s\0\0/vace/scale\0", "latin1");
}
