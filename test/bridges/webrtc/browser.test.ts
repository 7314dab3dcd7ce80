import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { RealTime } from "../../../bridges/webrtc/real-time.ts";
import { readCard } from "../../../src/media/card.ts";
import { RingReader, RingWriter } from "../../../src/media/ring.ts";
import { peer } from "../../peers.ts";
import { lossy, narrow } from "./link.ts";
import { type Media, openMedia } from "./media.ts";
import { ask, Drawing, launch, type Reading, servePage, stripOf, type Taken, until } from "./stage.ts";

const missing = peer("chromium") === undefined;
const SMALL = { width: 512, height: 512 };
const TINY = { width: 256, height: 256 };
const LARGE = { width: 1280, height: 720 };

let browser: Browser;
const open: AsyncDisposable[] = [];

beforeAll(async () => {
	vi.spyOn(RealTime.prototype, "holds").mockResolvedValue(true); // also on a machine that is busy just now
	if (!missing) browser = await launch();
});
afterAll(() => browser?.close());
afterEach(async () => {
	for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]();
});

/** A page whose signalling is the service's. */
async function visit(media: Media): Promise<Page> {
	const served = await servePage(media.call);
	const page = await browser.newPage();
	open.push({ [Symbol.asyncDispose]: () => page.close().then(() => served.close()) });
	await page.goto(served.url);
	return page;
}

/** Few frames a second: two processors draw, encode, decode and read them, perhaps beside other work. */
function start(media: Media, size = SMALL, fps = 15): Media {
	open.push(media, new Drawing(media.output, size, fps));
	return media;
}

/** Reads until `count` frames in a row were seen with at most 1 % of them missing or twice. */
async function flawless(page: Page, viewer: number, count: number): Promise<Reading[]> {
	let run: Reading[] = [];
	return until(
		async () => {
			const { readings } = await ask<Taken>(page, "take", viewer);
			run = [...run, ...readings].slice(-count);
			return run;
		},
		(run) => run.length === count && faults(run) <= count / 100,
	);
}

/** Frames that are missing, there twice, unreadable, or out of order. */
function faults(run: readonly Reading[]): number {
	let faults = 0;
	for (const [i, { index }] of run.entries()) {
		const before = run[i - 1]?.index;
		if (index === undefined) faults++;
		else if (i > 0 && before !== undefined) faults += index > before ? index - before - 1 : run.length;
	}
	return faults;
}

describe.skipIf(missing)("Chromium (skipped where it is not installed)", { timeout: 180_000 }, () => {
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

	test("follows the size when it changes", async () => {
		const media = openMedia();
		const drawing = new Drawing(media.output, SMALL, 30);
		const page = await visit(media);
		open.push(media);
		const viewer = await ask<number>(page, "watch", { crop: { x: 0, y: 0, width: 1, height: 1 } });
		await flawless(page, viewer, 10);
		await drawing[Symbol.asyncDispose]();
		open.push(new Drawing(media.output, { width: 641, height: 361 }, 30));
		await until(
			() => ask<Taken>(page, "take", viewer),
			({ readings }) => readings.at(-1)?.width === 640,
		);
	});

	test("comes to eight seconds without a freeze at 5 % loss", async () => {
		const link = lossy(0.05);
		const media = start(openMedia({}, link.open), SMALL, 30);
		const page = await visit(media);
		const viewer = await ask<number>(page, "watch", { crop: stripOf(SMALL) });
		await until(
			() => ask<Taken>(page, "take", viewer),
			({ readings }) => readings.length > 0,
		);
		type Stats = { inbound: { framesDecoded: number; freezeCount: number; nackCount: number } };
		const inbound = async () => (await ask<Stats>(page, "stats", viewer)).inbound;
		let from = await inbound();
		// A machine that is busy with something else freezes the picture too: eight seconds without are looked for.
		const end = await until(inbound, (now) => {
			if (now.freezeCount > from.freezeCount) from = now;
			return now.framesDecoded >= from.framesDecoded + 240;
		});
		expect(end.nackCount).toBeGreaterThan(from.nackCount);
		expect(media.main().repeated).toBeGreaterThan(0);
	});

	test("asks for a key frame when it has lost everything for a while, and goes on", async () => {
		const link = lossy(0);
		const media = start(openMedia({}, link.open));
		const page = await visit(media);
		const viewer = await ask<number>(page, "watch", { crop: stripOf(SMALL) });
		await flawless(page, viewer, 10);
		link.everything = true;
		await until(
			() => ask<Taken>(page, "take", viewer),
			({ readings }) => readings.length === 0,
		);
		type Stats = { inbound: { pliCount: number; packetsReceived: number } };
		const asks = () => ask<Stats>(page, "stats", viewer);
		const before = (await asks()).inbound.pliCount;
		await until(asks, ({ inbound }) => inbound.pliCount > before);
		link.everything = false;
		await flawless(page, viewer, 10);
	});

	test("goes on in motion on a link that carries less than half, and the encode comes down", async () => {
		const media = openMedia({}, narrow(1_200_000, 0.2));
		// Noise that no encoder can make small: the picture wants 3 Mb/s.
		const noise = Buffer.from(Array.from({ length: 1 << 20 }, (_, i) => (i * 2_654_435_761) >>> 24));
		const add = (pixels: Uint8Array, index: number) => pixels.set(noise.subarray(0, 900_000), (index * 4096) % 400_000);
		open.push(media, new Drawing(media.output, LARGE, 30, add));
		const page = await visit(media);
		const viewer = await ask<number>(page, "watch", { crop: stripOf(LARGE) });
		await until(
			() => media.main().encodes as { bitrate: number }[],
			([encode]) => (encode?.bitrate ?? 9e9) < 1_200_000,
		);
		// Five seconds of frames that come, without a second between any two.
		let run: Reading[] = [];
		const gap = () => Math.max(...run.map(({ seen }, i) => seen - (run[i - 1]?.seen ?? seen)));
		await until(
			async () => {
				run = [...run, ...(await ask<Taken>(page, "take", viewer)).readings].slice(-150);
			},
			() => run.length === 150 && gap() < 1,
		);
	});

	test.each(["h264", "vp8", "vp9", "av1"])("sends its camera in %s, and sees it come back", async (codec) => {
		const media = openMedia();
		open.push(media);
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
		const media = openMedia();
		open.push(media);
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
		const media = openMedia();
		open.push(media);
		const page = await visit(media);
		await ask(page, "send", { size: SMALL, canvas: true });
		const { FramePool } = await import("../../../src/media/pool.ts");
		const { drawCard } = await import("../../../src/media/card.ts");
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

	test("talks over data channels", async () => {
		const media = start(openMedia());
		const page = await visit(media);
		const viewer = await ask<number>(page, "watch", {
			kind: "scope",
			crop: stripOf(SMALL),
			channels: ["parameters", "fast"],
		});
		await until(
			() => ask<string>(page, "say", viewer, 0, "hello"),
			(state) => state === "open",
		);
		const opened = media.said.filter(({ event, data }) => event === "channel" && data.type === "open");
		expect(opened.map(({ data }) => data.label)).toEqual(expect.arrayContaining(["parameters", "fast"]));
		const heard = await until(
			() => media.said.find(({ data }) => data.type === "message"),
			(heard) => heard !== undefined,
		);
		expect(heard?.data.data).toBe("hello");
		await media.call("channel.send", { channel: heard?.data.channel, data: "there" });
		await media.call("channel.send", { channel: heard?.data.channel, data: new Uint8Array([1, 2, 3]) });
		await until(
			() => ask<Taken>(page, "take", viewer),
			({ received }) => received[0]?.join() === "there,1,2,3",
		);
		await ask(page, "close", viewer);
		await until(
			() => media.said,
			(said) => said.filter(({ data }) => data.type === "close").length === 2,
		);
		await expect(media.call("channel.send", { channel: heard?.data.channel, data: "gone" })).rejects.toMatchObject({
			code: "webrtc/unknown-channel",
		});
	});

	test("goes on through an ICE restart, under another tag", async () => {
		const media = start(openMedia());
		const page = await visit(media);
		const viewer = await ask<number>(page, "watch", { crop: stripOf(SMALL) });
		await flawless(page, viewer, 10);
		const { before, after } = await ask<{ before: string; after: string }>(page, "restart", viewer);
		expect(after).not.toBe(before);
		await flawless(page, viewer, 20);
		const { states } = await ask<Taken>(page, "take", viewer);
		expect(states).not.toContain("failed");
		expect(media.main()).toMatchObject({ peers: 1 });
	});

	test("leaves, and nothing is left of it: no encode, no socket", async () => {
		const media = start(openMedia());
		const page = await visit(media);
		const sockets = () => process.getActiveResourcesInfo().filter((kind) => kind === "UDPWrap").length;
		const before = sockets();
		const viewer = await ask<number>(page, "watch", { crop: stripOf(SMALL) });
		await flawless(page, viewer, 10);
		expect(sockets()).toBeGreaterThan(before);
		await ask(page, "close", viewer);
		await until(
			() => media.main(),
			(main) => Object.keys(main).length === 0,
		);
		await until(sockets, (now) => now === before);
		expect(media.said.filter(({ event }) => event === "peer").map(({ data }) => data.state)).toEqual([
			"connected",
			"closed",
		]);
	});

	test("is let go when its session ends, and told so", async () => {
		const media = start(openMedia());
		const page = await visit(media);
		const viewer = await ask<number>(page, "watch", { crop: stripOf(SMALL) });
		await flawless(page, viewer, 5);
		media.end();
		await until(
			() => media.said.at(-1)?.data,
			(last) => last?.state === "closed",
		);
		expect(media.said.at(-1)?.data.reason).toContain("There is no session called main");
		// It is told so, and need not wait for the five seconds after which silence makes it think.
		type Secured = { dtls: string; states: string[] };
		const { states } = await until(
			() => ask<Secured>(page, "secured", viewer),
			({ dtls }) => dtls === "closed",
		);
		expect(states).toEqual(["connecting", "connected"]);
	});

	test("sees the last frame of a session that stands still, even as a newcomer", async () => {
		const media = openMedia();
		open.push(media);
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
});
