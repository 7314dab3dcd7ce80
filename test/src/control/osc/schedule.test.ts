import { describe, expect, test } from "vitest";
import { timeTag } from "../../../../src/control/osc/packet.ts";
import { bundle, message } from "./malformed.ts";
import { OscStage } from "./stage.ts";

describe("a bundle", () => {
	test("lands in one revision", () => {
		const stage = new OscStage();
		const revisions: number[] = [];
		stage.store.watch(({ revision }) => revisions.push(revision));
		const inner = bundle([message("/hue", "i", 90)]);
		stage
			.peer()
			.say(bundle([message("/vace/scale", "f", 2), message("/palette", "s", "ice"), message("/prompt", "s", "x")]));
		expect(revisions).toHaveLength(1);
		stage.peer().say(bundle([message("/vace/scale", "f", 1), inner]));
		expect([stage.store.get("/hue"), stage.store.get("/vace/scale")]).toEqual([90, 1]);
	});

	test("changes nothing when one of its values is refused", () => {
		const stage = new OscStage();
		const { say, told } = stage.peer();
		say(bundle([message("/vace/scale", "f", 2), message("/palette", "s", "mud")]));
		expect(stage.store.get("/vace/scale")).toBe(1);
		expect(told()).toEqual([[5000, "/error", "/palette", 422, expect.stringContaining("ink, fire, ice")]]);
	});

	test("leaves out addresses that are not there, as a CHOP has channels for others", () => {
		const stage = new OscStage();
		stage.peer().say(bundle([message("/tx", "f", 0.1), message("/vace/scale", "f", 2)]));
		expect([stage.store.get("/vace/scale"), stage.intake.counts.unknown]).toEqual([2, 1]);
	});

	test.each([
		["at once", () => 1n],
		["in the past", (now: number) => timeTag(now - 3600)],
		["in 1900", () => 0n],
		["now", (now: number) => timeTag(now)],
		["too far ahead, by a clock that is not ours", (now: number) => timeTag(now + 11)],
		["forty days ahead", (now: number) => timeTag(now + 3_456_000)],
	])("meant %s lands now", (_, tag) => {
		const stage = new OscStage();
		stage.peer().say(bundle([message("/vace/scale", "f", 2)], tag(stage.timing.wall())));
		expect(stage.store.get("/vace/scale")).toBe(2);
	});

	test("meant for later lands then, in the order of time, without holding up others", () => {
		const stage = new OscStage();
		const { say } = stage.peer();
		const at = (seconds: number) => timeTag(stage.timing.wall() + seconds);
		say(bundle([message("/hue", "i", 3)], at(3)), bundle([message("/hue", "i", 2)], at(2)), message("/hue", "i", 1));
		expect(stage.store.get("/hue")).toBe(1);
		stage.timing.pass(2.1);
		expect(stage.store.get("/hue")).toBe(2);
		stage.timing.pass(1);
		expect([stage.store.get("/hue"), stage.timing.waiting]).toEqual([3, 0]);
	});

	test("within another waits for the later of both times", () => {
		const stage = new OscStage();
		const at = (seconds: number) => timeTag(stage.timing.wall() + seconds);
		const late = bundle([message("/hue", "i", 10)], at(4));
		const early = bundle([message("/seed", "i", 10)], at(1));
		stage.peer().say(bundle([message("/vace/scale", "f", 2), late, early], at(2)));
		const values = () => ["/vace/scale", "/seed", "/hue"].map((address) => stage.store.get(address));
		stage.timing.pass(1.5);
		expect(values()).toEqual([1, 0, 0]);
		stage.timing.pass(1);
		expect(values()).toEqual([2, 10, 0]);
		stage.timing.pass(2);
		expect(values()).toEqual([2, 10, 10]);
	});

	test("is turned away when 256 wait already", () => {
		const stage = new OscStage();
		const { say, told } = stage.peer();
		const later = timeTag(stage.timing.wall() + 5);
		for (let i = 0; i < 300; i++) say(bundle([message("/hue", "i", i)], later));
		expect([stage.intake.counts.overdue, stage.timing.waiting]).toEqual([44, 1]);
		expect(told()[0]).toEqual([5000, "/error", "", 429, expect.any(String)]);
		stage.timing.pass(6);
		expect(stage.store.get("/hue")).toBe(255);
	});

	test("says once to the log that a clock runs elsewhere", () => {
		const stage = new OscStage();
		const { say } = stage.peer();
		const far = timeTag(stage.timing.wall() + 500);
		say(bundle([message("/hue", "i", 1)], far), bundle([message("/hue", "i", 2)], far));
		expect(stage.lines).toHaveLength(1);
	});
});
