import { describe, expect, test } from "vitest";
import type { OscValue } from "../../../../src/control/osc/packet.ts";
import { message } from "./malformed.ts";
import { OscStage } from "./stage.ts";

describe("a message", () => {
	test.each<[string, string, OscValue[], unknown]>([
		["/vace/scale", "f", [0.5], 0.5],
		["/main/vace/scale", "f", [0.5], 0.5],
		["/vace/scale", "d", [0.5], 0.5],
		["/vace/scale", "i", [2], 2],
		["/vace/scale", "h", [2n], 2],
		["/vace/scale", "T", [true], 1],
		["/vace/scale", "f", [99], 2],
		["/vace/scale/norm", "f", [0.25], 0.5],
		["/vace/enabled", "f", [0], false],
		["/vace/enabled", "i", [0], false],
		["/vace/enabled", "F", [false], false],
		["/vace/enabled", "h", [0n], false],
		["/hue", "f", [119.6], 120],
		["/seed", "h", [4294967295n], 4294967295],
		["/palette", "s", ["ice"], "ice"],
		["/palette", "f", [1], "fire"],
		["/prompt", "s", ["café 日本"], "café 日本"],
		["/prompt/2/text", "S", ["night"], "night"],
		["/denoise/steps", "ffff", [900, 700, 500, 300], [900, 700, 500, 300]],
		["/denoise/steps", "[ii]", [[900, 700]], [900, 700]],
		["/denoise/steps", "f", [700], [700]],
	])("to %s ,%s with %o keeps %o", (address, types, args, kept) => {
		const stage = new OscStage();
		stage.peer().say(message(address, types, ...args));
		expect(stage.store.get(address.replace(/\/norm$/, ""))).toEqual(kept);
	});

	test.each<[string, string, OscValue[], number]>([
		["/nothing", "f", [1], 404],
		["/vace/scale", "s", ["loud"], 422],
		["/vace/scale", "f", [Number.NaN], 422],
		["/vace/scale", "f", [Number.POSITIVE_INFINITY], 422],
		["/vace/scale", "N", [null], 422],
		["/vace/scale", "b", [Buffer.of(1)], 422],
		["/vace/scale", "", [], 422],
		["/vace/scale", "ff", [1, 1], 422],
		["/palette", "s", ["mud"], 422],
		["/denoise/steps", "", [], 422],
		["/prompt", "f", [1], 422],
	])("to %s ,%s with %o is refused to its sender with %i", (address, types, args, status) => {
		const stage = new OscStage();
		const before = stage.store.revision;
		const { say, told } = stage.peer(5001);
		say(message(address, types, ...args));
		expect(told()).toEqual([[5001, "/error", address, status, expect.any(String)]]);
		expect(stage.store.revision).toBe(before);
	});

	test("ramps", () => {
		const stage = new OscStage();
		stage.peer().say(message("/vace/scale/ramp", "ffs", 2, 4, "smooth"));
		stage.store.tick(stage.timing.now + 2);
		expect(stage.store.get("/vace/scale")).toBe(1.5);
	});

	test("tells no more than five errors a second", () => {
		const stage = new OscStage();
		const { say, told } = stage.peer();
		for (let i = 0; i < 100; i++) say(message("/nothing", "i", i));
		expect(told()).toHaveLength(5);
		stage.timing.pass(1);
		say(message("/nothing"));
		expect(told()).toHaveLength(1);
		expect(stage.intake.counts.unknown).toBe(101);
	});
});

describe("a value that a sender repeats at its frame rate", () => {
	test("does not undo what another hand does", () => {
		const stage = new OscStage();
		const { say } = stage.peer();
		const chop = message("/vace/scale", "f", 0.25);
		say(chop);
		stage.store.set([["/vace/scale", 1.5]], "page");
		for (let i = 0; i < 60; i++) {
			stage.timing.pass(1 / 60);
			say(chop);
		}
		expect(stage.store.get("/vace/scale")).toBe(1.5);
		say(message("/vace/scale", "f", 0.26));
		expect(stage.store.get("/vace/scale")).toBeCloseTo(0.26);
		expect(stage.intake.counts.repeated).toBe(60);
	});

	test("counts again after a rest, and from another sender at once", () => {
		const stage = new OscStage();
		const one = stage.peer(5001);
		one.say(message("/vace/scale", "f", 0.25));
		stage.store.set([["/vace/scale", 1.5]], "page");
		stage.timing.pass(1);
		one.say(message("/vace/scale", "f", 0.25));
		expect(stage.store.get("/vace/scale")).toBe(0.25);
		stage.store.set([["/vace/scale", 1.5]], "page");
		stage.peer(5002).say(message("/vace/scale", "f", 0.25));
		expect(stage.store.get("/vace/scale")).toBe(0.25);
	});
});

describe("a trigger", () => {
	const fired = (stage: OscStage) => stage.store.snapshot("/main").fired["/cache/reset"] ?? 0;

	test.each<[string, OscValue[]]>([
		["", []],
		["T", [true]],
		["I", [true]],
		["N", [null]],
		["i", [1]],
		["f", [0.5]],
		["h", [1n]],
	])("is fired by ,%s", (types, args) => {
		const stage = new OscStage();
		stage.peer().say(message("/cache/reset", types, ...args));
		expect(fired(stage)).toBe(1);
	});

	test.each<[string, OscValue[]]>([
		["F", [false]],
		["i", [0]],
		["f", [0.49]],
	])("is not fired by ,%s %o", (types, args) => {
		const stage = new OscStage();
		stage.peer().say(message("/cache/reset", types, ...args));
		expect(fired(stage)).toBe(0);
	});

	test("fires once while a channel is held, again when it rises again", () => {
		const stage = new OscStage();
		const { say } = stage.peer();
		for (const level of [0, 0, 1, 1, 1, 0.2, 0, 0.7, 1, 0]) {
			stage.timing.pass(1 / 60);
			say(message("/cache/reset", "f", level));
		}
		expect(fired(stage)).toBe(2);
	});

	test("fires each time for a button that never sends its release", () => {
		const stage = new OscStage();
		const { say } = stage.peer();
		for (let i = 0; i < 3; i++) {
			say(message("/cache/reset", "i", 1));
			stage.timing.pass(1);
		}
		say(message("/cache/reset"), message("/cache/reset"));
		expect(fired(stage)).toBe(5);
	});

	test("is not fired by two senders as if they were one", () => {
		const stage = new OscStage();
		const one = stage.peer(5001);
		const two = stage.peer(5002);
		one.say(message("/cache/reset", "f", 1));
		two.say(message("/cache/reset", "f", 0));
		one.say(message("/cache/reset", "f", 1));
		expect(fired(stage)).toBe(1);
	});
});

describe("a pattern", () => {
	test("turns every parameter that it means and that can take the value", () => {
		const stage = new OscStage();
		stage
			.peer()
			.say(
				message("/prompt/*/weight", "f", 0.5),
				message("/{hue,palette,nothing}", "i", 1),
				message("/vac[d-f]/*", "f", 0.125),
			);
		expect([1, 2, 3, 4].map((n) => stage.store.get(`/prompt/${n}/weight`))).toEqual([0.5, 0.5, 0.5, 0.5]);
		expect([stage.store.get("/hue"), stage.store.get("/palette")]).toEqual([1, "fire"]);
		expect([stage.store.get("/vace/scale"), stage.store.get("/vace/enabled")]).toEqual([0.125, false]);
	});

	test("reaches norms and ramps", () => {
		const stage = new OscStage();
		stage.peer().say(message("/prompt/[12]/weight/norm", "f", 0), message("/prompt/3/w*/ramp", "ff", 2, 1));
		stage.store.tick(stage.timing.now + 1);
		expect([1, 2, 3].map((n) => stage.store.get(`/prompt/${n}/weight`))).toEqual([0, 0, 2]);
	});

	test("that means nothing is refused to its sender", () => {
		const { say, told } = new OscStage().peer();
		say(message("/nothing/*", "f", 1), message("/[a", "f", 1));
		expect(told().map(([, address, at, status]) => [address, at, status])).toEqual([
			["/error", "/nothing/*", 404],
			["/error", "/[a", 404],
		]);
	});

	test("that comes again costs nothing, many new ones are turned away", () => {
		const stage = new OscStage();
		const { say } = stage.peer();
		for (let i = 0; i < 1000; i++) say(message("/vac?/scale", "f", i / 1000));
		expect([stage.store.get("/vace/scale"), stage.intake.counts.flooded]).toEqual([Math.fround(0.999), 0]);
		for (let i = 0; i < 100; i++) say(message(`/vac?/scale${i}*`, "f", 1));
		expect(stage.intake.counts.flooded).toBe(61);
	});

	test("follows when parameters come and go", () => {
		const stage = new OscStage();
		const { say } = stage.peer();
		say(message("/*/size", "f", 3));
		stage.store.mount("/brush", { type: "object", properties: { size: { type: "number", default: 1 } } });
		say(message("/*/size", "f", 4));
		expect(stage.store.get("/brush/size")).toBe(4);
	});
});

describe("Daydream Scope's addresses", () => {
	test("lead to ours", () => {
		const stage = new OscStage();
		const { say } = stage.peer();
		say(message("/scope/prompt", "s", "fog"), message("/scope/vace_context_scale", "f", 0.5));
		say(message("/scope/denoising_step_list", "ff", 1000, 750), message("/scope/paused", "T", true));
		say(message("/scope/reset_cache", "i", 1), message("/scope/hue", "f", 12));
		const { store } = stage;
		expect(
			["/prompt", "/vace/scale", "/denoise/steps", "/transport/paused", "/hue"].map((at) => store.get(at)),
		).toEqual(["fog", 0.5, [1000, 750], true, 12]);
		expect(store.snapshot("/main").fired).toEqual({ "/cache/reset": 1 });
	});

	test("lead nowhere when the profile is off, or where we have nothing", () => {
		const off = new OscStage({ scope: false });
		off.peer().say(message("/scope/vace_context_scale", "f", 0.5));
		const on = new OscStage();
		on.peer().say(message("/scope/kv_cache_attention_bias", "f", 0.5), message("/scope/__proto__", "f", 1));
		expect([off.intake.counts.unknown, on.intake.counts.unknown]).toEqual([1, 2]);
	});
});
