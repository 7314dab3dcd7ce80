import { expect, test } from "vitest";
import { drawCard, readCard } from "../../../src/media/card.ts";
import { FramePool } from "../../../src/media/pool.ts";
import { RingReader, RingWriter } from "../../../src/media/ring.ts";
import { openMedia } from "./media.ts";
import { ask, until } from "./stage.ts";
import { inChromium, SMALL, visits } from "./visits.ts";

inChromium(() => {
	const { keep, visit } = visits();

	test.each(["h264", "vp8", "vp9", "av1"])("sends its camera in %s, and sees it come back", async (codec) => {
		const media = keep(openMedia());
		const page = await visit(media);
		await ask<number>(page, "send", { codec, size: { width: 640, height: 480 } });
		using reader = RingReader.attach(media.input);
		using writer = RingWriter.attach(media.output);
		const stop = new AbortController();
		let largest = 0;
		const passing = (async () => {
			for (let frame = await reader.next(stop.signal); frame; frame = await reader.next(stop.signal)) {
				using taken = frame;
				largest = Math.max(largest, taken.size.width);
				writer.write(taken);
			}
		})().catch(() => {});
		const viewer = await ask<number>(page, "watch", { crop: { x: 0, y: 0, width: 0.1, height: 0.1 } });
		type Stats = { inbound?: { framesDecoded: number } };
		await until(
			() => ask<Stats>(page, "stats", viewer),
			({ inbound }) => (inbound?.framesDecoded ?? 0) > 60,
		);
		expect(media.main()).toMatchObject({ peers: 2, viewers: 1, senders: [{ codec }] });
		await until(
			() => largest,
			(width) => width === 640,
		);
		stop.abort();
		await passing;
	});

	test("sends instead of another sender, who takes over again when it leaves", async () => {
		const media = keep(openMedia());
		const page = await visit(media);
		using reader = RingReader.attach(media.input);
		const stop = new AbortController();
		const shapes: number[] = [];
		const looking = (async () => {
			for (let frame = await reader.next(stop.signal); frame; frame = await reader.next(stop.signal)) {
				using taken = frame;
				shapes.push(taken.size.width / taken.size.height);
			}
		})().catch(() => {});
		const steady = (shape: number) =>
			shapes.length >= 90 && shapes.slice(-90).every((one) => Math.abs(one - shape) < 0.1);
		await ask(page, "send", { size: { width: 320, height: 240 } });
		await until(() => steady(4 / 3), Boolean);
		const second = await ask<number>(page, "send", { size: { width: 320, height: 320 }, canvas: true, stamped: true });
		await until(() => steady(1), Boolean);
		await ask(page, "close", second);
		await until(() => steady(4 / 3), Boolean);
		stop.abort();
		await looking;
	});

	test("sends pictures that keep their colours and what is written in them", async () => {
		const media = keep(openMedia());
		const page = await visit(media);
		await ask(page, "send", { size: SMALL, canvas: true });
		using card = new FramePool().take(SMALL);
		drawCard(card, 4711, 1);
		using reader = RingReader.attach(media.input);
		await ask(page, "paint", [...card.data]);
		const read = () => {
			using frame = reader.latest();
			if (frame?.size.width !== SMALL.width || !readCard(frame.data, frame.size)) return undefined;
			return Uint8Array.from(frame.data);
		};
		const pixels = await until(read, (pixels) => pixels !== undefined);
		expect(readCard(pixels ?? new Uint8Array(), SMALL)?.index).toBe(4711);
		const middle = 4 * (512 * 40 + 256);
		for (const channel of [0, 1, 2]) {
			expect(Math.abs((pixels?.[middle + channel] ?? 0) - (card.data[middle + channel] ?? 0))).toBeLessThan(24);
		}
	});
});
