import { expect, test } from "vitest";
import { LEASE } from "../../../../src/control/osc/feedback.ts";
import { message } from "./malformed.ts";
import { OscStage } from "./stage.ts";

test("who asks for it is told in which frame each of its changes showed, when it shows", () => {
	const stage = new OscStage();
	const { say, told } = stage.peer(5000);
	say(message("/vace/scale", "f", 0.25));
	say(message("/acks", "i", 1));
	say(message("/vace/scale", "f", 0.5));
	const revision = stage.store.revision;
	say(message("/hue", "f", 10));
	expect(told()).toEqual([]);
	stage.show(revision, 40);
	expect(told()).toEqual([[5000, "/applied", "/vace/scale", "main", revision, 40]]);
	stage.show(stage.store.revision, 52);
	expect(told()).toEqual([[5000, "/applied", "/hue", "main", stage.store.revision, 52]]);
});

test("of a ramp twice: when it begins, and when it arrived", () => {
	const stage = new OscStage();
	const { say, told } = stage.peer(5000);
	stage.show(stage.store.revision, 40);
	say(message("/acks", "i", 1), message("/hue/ramp", "ff", 100, 2));
	const begun = stage.store.snapshot("/main").revision;
	stage.store.tick(stage.timing.now + 2);
	stage.show(stage.store.revision, 90);
	expect(told()).toEqual([
		[5000, "/applied", "/hue/ramp", "main", begun, 40, "begun"],
		[5000, "/applied", "/hue/ramp", "main", stage.store.revision, 90, "arrived"],
	]);
});

test("another port hears of it if it is named, a peer that did not ask hears nothing, and /acks 0 ends it", () => {
	const stage = new OscStage();
	const asking = stage.peer(5000);
	const other = stage.peer(5001);
	asking.say(message("/acks", "ii", 1, 7001));
	other.say(message("/hue", "f", 20));
	asking.say(message("/hue", "f", 30));
	stage.show(stage.store.revision, 7);
	expect(asking.told()).toEqual([[7001, "/applied", "/hue", "main", stage.store.revision, 7]]);
	expect(other.told()).toEqual([]);
	asking.say(message("/acks", "i", 0), message("/hue", "f", 40));
	stage.show(stage.store.revision, 9);
	expect(asking.told()).toEqual([]);
});

test("what holds over UDP ends after a minute, and asked for again goes on", () => {
	const stage = new OscStage();
	const { say, told } = stage.peer(5000);
	say(message("/acks", "i", 1));
	stage.timing.pass(LEASE - 1);
	say(message("/acks", "i", 1));
	stage.timing.pass(LEASE - 1);
	say(message("/hue", "f", 50));
	stage.show(stage.store.revision, 1);
	expect(told()).toHaveLength(1);
	stage.timing.pass(2);
	say(message("/hue", "f", 60));
	stage.show(stage.store.revision, 2);
	expect(told()).toEqual([]);
});

test("a port that is none is refused", () => {
	const stage = new OscStage();
	const { say, told } = stage.peer(5000);
	say(message("/acks", "ii", 1, 70_000));
	expect(told()).toEqual([[5000, "/error", "/acks", 422, expect.any(String)]]);
});
