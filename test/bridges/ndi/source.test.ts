import { describe, expect, test } from "vitest";
import { type RingFrame, RingReader } from "../../../src/media/ring.ts";
import { Bridge, fresh, library, Peer, painted, Showing } from "./stage.ts";

/** Reads the ring that the source writes until `holds` of a picture, and closes the others. */
async function picture(bridge: Bridge, holds: (frame: RingFrame) => boolean): Promise<RingFrame> {
	const reader = RingReader.attach(bridge.ring.name);
	try {
		for (;;) {
			const frame = await reader.next();
			if (!frame) throw new Error("the ring was closed");
			if (holds(frame)) return frame;
			frame.close();
		}
	} finally {
		reader.close();
	}
}

const pixel = ({ data }: RingFrame, at = 0) => [...data.subarray(at * 4, at * 4 + 4)];
const isNear = (frame: RingFrame, colour: readonly number[]) =>
	pixel(frame).every((value, channel) => Math.abs(value - (colour[channel] ?? 0)) <= 16);

const RED = [220, 40, 30, 255] as const;
const GREEN = [30, 200, 60, 128] as const;
const BLUE = [40, 60, 210, 255] as const;

/** What the network calls one of a peer's sources. */
async function called(peer: Peer, which = 0): Promise<string> {
	return String((await peer.until(({ names }) => names !== undefined, true)).names?.[which]);
}

describe.skipIf(!library)("what is received (skipped where NDI's runtime is not installed)", () => {
	test.each([true, false])("has colours, alpha and size as they were sent, with frame-sync: %s", async (steady) => {
		await using peer = new Peer("send", fresh());
		peer.tell({ colour: GREEN, size: [96, 64] });
		await using bridge = new Bridge("source", { name: await called(peer), steady });
		using seen = await picture(bridge, (frame) => frame.size.width === 96 && isNear(frame, GREEN));
		expect(seen.size).toEqual({ width: 96, height: 64 });
		expect(seen.alpha).toBe(true);
		expect(pixel(seen)[3]).toBe(128);
		expect(pixel(seen, 96 * 64 - 1)[3]).toBe(128);
		// Its size and its alpha may change under way.
		peer.tell({ colour: [...RED.slice(0, 3), 7], size: [130, 50], alpha: false });
		using next = await picture(bridge, (frame) => frame.size.width === 130 && isNear(frame, RED));
		expect(next.alpha).toBe(false);
		expect(pixel(next)[3]).toBe(255);
	});

	test("comes each once and in order, at the sender's rate", async () => {
		await using peer = new Peer("send", fresh());
		peer.tell({ rate: [24, 1] });
		await using bridge = new Bridge("source", { name: await called(peer) });
		const { fps } = await bridge.reports(({ frames }) => Number(frames) > 20);
		expect(fps).toBe(24);
		const { captured, sequence } = await picture(bridge, () => true);
		using later = await picture(bridge, (frame) => frame.sequence > sequence + 5);
		expect(later.captured).toBeGreaterThan(captured);
	});

	test("is waited for, and says so; on program is what we say of it", async () => {
		const name = fresh("later");
		await using bridge = new Bridge("source", { name });
		const { reason } = await bridge.reports(({ reason }) => String(reason).includes(name));
		expect(reason).toBe(`${name} is not on the network.`);
		await using peer = new Peer("send", name);
		await bridge.lights((lights) => lights["/connected"] === true);
		await peer.until(({ tally }) => tally?.[0] === true, true);
		await bridge.reports(({ connected, reason }) => connected === true && reason === undefined);
	});

	test("comes back by its name when the sender has begun anew, and its last picture stands meanwhile", async () => {
		const name = fresh("restarted");
		await using bridge = new Bridge("source", { name });
		{
			await using peer = new Peer("send", name);
			peer.tell({ colour: RED });
			(await picture(bridge, (frame) => isNear(frame, RED))).close();
			await peer.kill();
		}
		await bridge.lights((lights) => lights["/connected"] === false);
		using left = await picture(bridge, () => true);
		expect(isNear(left, RED)).toBe(true);
		// Somebody else has its port now.
		await using peer = new Peer("send", fresh("other"), name);
		peer.tell({ others: BLUE });
		(await picture(bridge, (frame) => isNear(frame, BLUE))).close();
		expect(bridge.watched.supervisor.status().restarts).toBe(0);
	});

	test("is another one when another is chosen, and none when none is", async () => {
		await using peer = new Peer("send", fresh("Ärger 🎥"), fresh("zwei"));
		peer.tell({ colour: RED, others: BLUE });
		await using bridge = new Bridge("source", { name: await called(peer) });
		(await picture(bridge, (frame) => isNear(frame, RED))).close();
		bridge.turn({ name: await called(peer, 1) });
		(await picture(bridge, (frame) => isNear(frame, BLUE))).close();
		bridge.turn({ name: "" });
		await bridge.reports(({ reason }) => reason === "No NDI® source is chosen.");
		await bridge.lights((lights) => lights["/connected"] === false);
	});

	test("goes on in a new process when ours was killed", async () => {
		await using peer = new Peer("send", fresh());
		peer.tell({ colour: RED });
		await using bridge = new Bridge("source", { name: await called(peer) });
		(await picture(bridge, (frame) => isNear(frame, RED))).close();
		bridge.watched.kill();
		await bridge.watched.reaches("waiting");
		peer.tell({ colour: BLUE });
		(await picture(bridge, (frame) => isNear(frame, BLUE))).close();
	});

	test("may be what another session of ours sends", async () => {
		await using sink = new Bridge("sink", { name: fresh("ours") });
		using _ = new Showing(
			sink.ring,
			painted(64, 36, () => GREEN, { alpha: true }),
		);
		await using bridge = new Bridge("source", { name: await sink.called() });
		using seen = await picture(bridge, (frame) => isNear(frame, GREEN));
		expect([seen.alpha, pixel(seen)[3]]).toEqual([true, 128]);
	});
});
