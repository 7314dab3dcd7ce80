import { describe, expect, test } from "vitest";
import { CLOSE } from "../../../src/protocol/wire.ts";
import { ControlStage } from "./stage.ts";

const TICK = 1 / 60;

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
