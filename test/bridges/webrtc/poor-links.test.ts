import { expect, test } from "vitest";
import { lossy, narrow } from "./link.ts";
import { openMedia } from "./media.ts";
import { ask, Drawing, type Reading, stripOf, type Taken, until } from "./stage.ts";
import { flawless, inChromium, SMALL, visits } from "./visits.ts";

const LARGE = { width: 1280, height: 720 };

inChromium(() => {
	const { keep, start, visit } = visits();

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
		const media = keep(openMedia({}, narrow(1_200_000, 0.2)));
		// Noise that no encoder can make small: the picture wants 3 Mb/s.
		const noise = Buffer.from(Array.from({ length: 1 << 20 }, (_, i) => (i * 2_654_435_761) >>> 24));
		const add = (pixels: Uint8Array, index: number) => pixels.set(noise.subarray(0, 900_000), (index * 4096) % 400_000);
		keep(new Drawing(media.output, LARGE, 30, add));
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
});
