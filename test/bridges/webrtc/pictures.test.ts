import { expect, test } from "vitest";
import { openMedia } from "./media.ts";
import { ask, Drawing, type Reading, stripOf, type Taken, until } from "./stage.ts";
import { flawless, inChromium, SMALL, visits } from "./visits.ts";

const TINY = { width: 256, height: 256 };
const LARGE = { width: 1280, height: 720 };

inChromium(() => {
	const { keep, start, visit } = visits();

	test.each(["h264", "vp8"])(
		"plays 720p in %s, and comes to 150 frames of which one in a hundred is missing or twice at most",
		async (codec) => {
			const media = start(openMedia(), LARGE, 10);
			const page = await visit(media);
			const viewer = await ask<number>(page, "watch", { codec, crop: stripOf(LARGE) });
			const run = await flawless(page, viewer, 150);
			expect(run.every(({ width }) => width === LARGE.width)).toBe(true);
			const stats = await ask<{ codec: string }>(page, "stats", viewer);
			expect(stats.codec).toBe(`video/${codec.toUpperCase()}`);
		},
	);

	test.each(["vp9", "av1"])("that takes nothing but %s gets it, frame by frame", async (codec) => {
		const media = start(openMedia(), TINY); // which any machine encodes in time, even a busy one
		const page = await visit(media);
		const viewer = await ask<number>(page, "watch", { codec, crop: stripOf(TINY) });
		// AV1 leaves the card as it was, or blurs it, for a frame now and then: what can be read comes in order, and is most.
		let run: number[] = [];
		await until(
			async () => {
				const { readings } = await ask<Taken>(page, "take", viewer);
				run = [...run, ...readings.flatMap(({ index }) => index ?? [])].slice(-60);
			},
			() => run.length === 60 && (run[59] ?? 0) - (run[0] ?? 0) < 70,
		);
		expect(run).toEqual(run.toSorted((a, b) => a - b));
		expect(new Set(run).size).toBeGreaterThan(50);
		const stats = await ask<{ codec: string }>(page, "stats", viewer);
		expect(stats.codec).toBe(`video/${codec.toUpperCase()}`);
		expect(media.main()).toMatchObject({ encodes: [{ codec, viewers: 1 }] });
	});

	test("gets H.264 when it takes anything, and the time at which frames were sent", async () => {
		const media = start(openMedia());
		const page = await visit(media);
		const viewer = await ask<number>(page, "watch", { crop: stripOf(SMALL) });
		type Stats = { codec: string; remote?: { remoteTimestamp: number; timestamp: number; reportsSent: number } };
		const { codec } = await until(
			() => ask<Stats>(page, "stats", viewer),
			// werift's own sender reports are up to a second off; so are those that a busy machine delivers late.
			({ remote }) =>
				remote !== undefined && remote.reportsSent > 2 && Math.abs(remote.timestamp - remote.remoteTimestamp) < 400,
		);
		expect(codec).toBe("video/H264");
	});

	test("follows the size when it changes", async () => {
		const media = keep(openMedia());
		const drawing = new Drawing(media.output, SMALL, 30);
		const page = await visit(media);
		const viewer = await ask<number>(page, "watch", { crop: { x: 0, y: 0, width: 1, height: 1 } });
		await flawless(page, viewer, 10);
		await drawing[Symbol.asyncDispose]();
		keep(new Drawing(media.output, { width: 641, height: 361 }, 30));
		await until(
			() => ask<Taken>(page, "take", viewer),
			({ readings }) => readings.at(-1)?.width === 640,
		);
	});

	test("sees the last frame of a session that stands still, even as a newcomer", async () => {
		const media = keep(openMedia());
		const drawing = new Drawing(media.output, SMALL, 30);
		await until(
			() => drawing.index,
			(index) => index > 3,
		);
		await drawing[Symbol.asyncDispose]();
		const page = await visit(media);
		const viewer = await ask<number>(page, "watch", { crop: stripOf(SMALL) });
		let readings: Reading[] = [];
		await until(
			async () => (readings = [...readings, ...(await ask<Taken>(page, "take", viewer)).readings]),
			(all) => all.length > 3,
		);
		expect(readings.at(-1)?.index).toBe(drawing.index);
	});

	test("shares one encode with another viewer, who begins with a key frame", async () => {
		const media = start(openMedia());
		const page = await visit(media);
		const crop = stripOf(SMALL);
		const first = await ask<number>(page, "watch", { crop });
		await flawless(page, first, 20);
		const second = await ask<number>(page, "watch", { crop });
		await flawless(page, second, 20);
		expect(media.main()).toMatchObject({ viewers: 2, encodes: [{ codec: "h264", viewers: 2 }] });
		type Stats = { inbound: { keyFramesDecoded: number } };
		await until(
			() => ask<Stats>(page, "stats", first),
			({ inbound }) => inbound.keyFramesDecoded >= 2,
		);
	});
});
