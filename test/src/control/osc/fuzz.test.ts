import { describe, expect, test } from "vitest";
import { Peer } from "../../../../src/control/osc/peer.ts";
import { bundle, MALFORMED, message } from "./malformed.ts";
import { mulberry, mutated } from "./mutated.ts";
import { OscStage } from "./stage.ts";

describe("what is malformed or too much", () => {
	test("changes nothing: every family, and 100,000 mutations of good packets", () => {
		const stage = new OscStage();
		const peer = new Peer({ origin: "osc:fuzz", reply: () => {} });
		const started = stage.store.revision;
		for (const [, raw] of MALFORMED) stage.intake.receive(raw, peer);
		expect([stage.store.revision, stage.intake.counts.malformed]).toEqual([started, MALFORMED.length]);

		const random = mulberry(20_261_120);
		const before = stage.store.since(0);
		let seen = 0;
		for (let i = 0; i < 100_000; i++) {
			const raw = mutated(random);
			stage.timing.pass(1 / 20_000);
			stage.intake.receive(raw, peer);
			seen++;
		}
		expect([seen, stage.intake.counts.packets]).toEqual([100_000, 100_000 + MALFORMED.length]);
		expect(stage.intake.counts.malformed).toBeGreaterThan(50_000);
		expect(stage.store.since(0)).toEqual(before);
		expect(stage.timing.waiting).toBeLessThanOrEqual(1);
	});

	test("a bundle counts as the messages in it", () => {
		const stage = new OscStage();
		const { say } = stage.peer();
		const big = bundle(Array.from({ length: 1000 }, (_, i) => message("/hue", "i", i % 360)));
		for (let i = 0; i < 61; i++) say(big);
		expect([stage.intake.counts.messages, stage.intake.counts.flooded]).toEqual([60_000, 1]);
	});

	test("a sender that floods is cut at 30,000 packets a second, and told", () => {
		const stage = new OscStage();
		const { say, told } = stage.peer();
		for (let i = 0; i < 61_000; i++) say(message("/hue", "i", i % 360));
		expect(stage.intake.counts.flooded).toBe(1000);
		expect(told()[0]).toEqual([5000, "/error", "", 429, expect.any(String)]);
		stage.timing.pass(0.1);
		say(message("/hue", "i", 7));
		expect(stage.store.get("/hue")).toBe(7);
	});
});
