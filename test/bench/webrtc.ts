import { setTimeout } from "node:timers/promises";
import type { Browser, Page } from "playwright-core";
import { percentile } from "../../src/base/clock.ts";
import { RingReader, RingWriter } from "../../src/media/ring.ts";
import type { Size } from "../../src/sdk.ts";
import { ask, Drawing, type Reading, servePage, stripOf, type Taken, until } from "../bridges/webrtc/stage.ts";
import { noBrowser, openBrowser } from "../browser.ts";
import type { Emit } from "./emit.ts";
import { Aiortc } from "./webrtc-aiortc.ts";
import { MediaProcess, start } from "./webrtc-media.ts";
import type { Totals } from "./webrtc-viewers.ts";

const SECONDS = 10;
const SQUARE = { width: 512, height: 512 };
const HD = { width: 1280, height: 720 };

/** What one page saw of a stream for a while, and what it cost to send. */
interface Watched {
	readonly cpu: number;
	readonly latency: number[];
	readonly fps: number;
	readonly faults: number;
	readonly first: number;
	readonly connected: number;
}

/** Seconds before anything is measured; and where two programs are compared as they run through a show. */
const WARM = 3;
const LONG = 20;

/** WebRTC with Chromium on the same machine: cost, latency, many viewers, poor links, and the same with aiortc. */
export async function run(emit: Emit): Promise<void> {
	const browser = noBrowser ? undefined : await openBrowser();
	if (!browser) process.stderr.write("Chromium is not installed: what needs it is left out\n");
	try {
		if (browser) await playing(emit, browser);
		for (const [viewers, limit] of [[1], [32, 30], [100, 60]] as const) await crowd(emit, viewers, limit);
	} finally {
		await browser?.close();
	}
}

async function playing(emit: Emit, browser: Browser): Promise<void> {
	tell(emit, "512×512@30 H.264", await watch(browser, SQUARE, "h264"), { cpu: 4.5, latency: 20 });
	tell(emit, "1280×720@30 H.264", await watch(browser, HD, "h264"), { cpu: 9, latency: 30 });
	tell(emit, "1280×720@30 VP8", await watch(browser, HD, "vp8"), { fps: 28 });
	await loop(emit, browser);
	await lossy(emit, browser);
	await narrow(emit, browser);
	await compare(emit, browser);
}

function tell(emit: Emit, name: string, seen: Watched, limits: { cpu?: number; latency?: number; fps?: number }): void {
	const conditions = `test card, 1 viewer in headless Chromium on the same machine, ${SECONDS} s`;
	const limit = (value: number | undefined) => (value === undefined ? {} : { limit: value });
	emit({ name: `${name}: media process`, value: seen.cpu, unit: "ms CPU a frame", ...limit(limits.cpu), conditions });
	const p50 = percentile(seen.latency, 0.5) ?? Number.NaN;
	emit({ name: `${name}: drawn to seen p50`, value: p50, unit: "ms", ...limit(limits.latency), conditions });
	emit({
		name: `${name}: drawn to seen p95`,
		value: percentile(seen.latency, 0.95) ?? Number.NaN,
		unit: "ms",
		conditions,
	});
	emit({ name: `${name}: seen`, value: seen.fps, unit: "fps", better: "more", ...limit(limits.fps), conditions });
	emit({ name: `${name}: missing or twice`, value: seen.faults * 100, unit: "% of frames", limit: 1, conditions });
	emit({ name: `${name}: connected`, value: seen.connected, unit: "ms", conditions });
	emit({ name: `${name}: first frame`, value: seen.first, unit: "ms", limit: 900, conditions });
}

/** Opens a page whose signalling goes to `call`, lets `use` have it, and closes everything. */
async function visit<T>(
	browser: Browser,
	call: (method: string, input: unknown) => Promise<unknown>,
	use: (page: Page) => Promise<T>,
): Promise<T> {
	const served = await servePage(call);
	const page = await browser.newPage();
	try {
		await page.goto(served.url);
		return await use(page);
	} finally {
		await page.close();
		await served.close();
	}
}

async function watch(browser: Browser, size: Size, codec: string, warm = WARM): Promise<Watched> {
	await using media = new MediaProcess();
	await using _drawing = new Drawing(media.output, size, 30);
	return await visit(
		browser,
		(...call) => media.call(...call),
		async (page) => {
			const viewer = await ask<number>(page, "watch", { codec, crop: stripOf(size) });
			await setTimeout(warm * 1000);
			const begun = await ask<Taken>(page, "take", viewer);
			const { cpu, seconds } = await media.measure(() => setTimeout(SECONDS * 1000));
			const { readings } = await ask<Taken>(page, "take", viewer);
			return judge(readings, cpu, seconds, begun);
		},
	);
}

function judge(readings: readonly Reading[], cpu: number, seconds: number, { first, connected }: Taken): Watched {
	const known = readings.flatMap(({ index, drawn, seen }) =>
		index === undefined || drawn === undefined ? [] : [{ index, drawn, seen }],
	);
	const steps = known.slice(1).map(({ index }, i) => index - (known[i]?.index ?? 0));
	const wrong = steps.reduce((sum, step) => sum + (step > 0 ? step - 1 : 1), 0) + readings.length - known.length;
	return {
		cpu: cpu / (seconds * 30),
		latency: known.map(({ drawn, seen }) => (seen - drawn) * 1000),
		fps: readings.length / seconds,
		faults: wrong / (seconds * 30),
		first: first ?? Number.NaN,
		connected: connected ?? Number.NaN,
	};
}

/** Painted in a page, sent, decoded, handed through, encoded again, and seen in the same page. */
async function loop(emit: Emit, browser: Browser): Promise<void> {
	await using media = new MediaProcess();
	using reader = RingReader.attach(media.input);
	using writer = RingWriter.attach(media.output);
	const stop = new AbortController();
	const passing = (async () => {
		for (let frame = await reader.next(stop.signal); frame; frame = await reader.next(stop.signal)) {
			using taken = frame;
			writer.write(taken);
		}
	})().catch(() => {});
	const ages = await visit(
		browser,
		(...call) => media.call(...call),
		async (page) => {
			await ask(page, "send", { codec: "h264", canvas: true, size: SQUARE, stamped: true });
			await until(
				() => media.call("usage", null),
				(usage) => JSON.stringify(usage).includes("512×512"),
			);
			const viewer = await ask<number>(page, "watch", { codec: "h264", stamped: true });
			await setTimeout(3000);
			await ask(page, "ages", viewer);
			await setTimeout(SECONDS * 1000);
			return ask<number[]>(page, "ages", viewer);
		},
	);
	stop.abort();
	await passing;
	const conditions = `512×512@30 H.264 both ways, canvas in Chromium, ${ages.length} frames`;
	emit({
		name: "camera in and back out p50",
		value: percentile(ages, 0.5) ?? Number.NaN,
		unit: "ms",
		limit: 45,
		conditions,
	});
	emit({ name: "camera in and back out p95", value: percentile(ages, 0.95) ?? Number.NaN, unit: "ms", conditions });
}

interface Decoding {
	readonly framesDecoded: number;
	readonly freezeCount: number;
}

/** How the decoder of a page's viewer does; nothing before its first packet. */
async function decoding(page: Page, viewer: number): Promise<Decoding> {
	const { inbound } = await ask<{ inbound?: Decoding }>(page, "stats", viewer);
	return inbound ?? { framesDecoded: 0, freezeCount: 0 };
}

async function lossy(emit: Emit, browser: Browser): Promise<void> {
	await using media = new MediaProcess({ loss: 0.05 });
	await using _drawing = new Drawing(media.output, HD, 30);
	await visit(
		browser,
		(...call) => media.call(...call),
		async (page) => {
			const viewer = await ask<number>(page, "watch", { codec: "h264", crop: stripOf(HD) });
			await setTimeout(3000);
			const before = await decoding(page, viewer);
			await setTimeout(SECONDS * 1000);
			const after = await decoding(page, viewer);
			const conditions = `1280×720@30 H.264, 5 % of packets lost, ${SECONDS} s`;
			const freezes = after.freezeCount - before.freezeCount;
			emit({ name: "5 % loss: freezes", value: freezes, unit: "", limit: 0, conditions });
			const decoded = (after.framesDecoded - before.framesDecoded) / SECONDS;
			emit({ name: "5 % loss: decoded", value: decoded, unit: "fps", better: "more", conditions });
		},
	);
}

async function narrow(emit: Emit, browser: Browser): Promise<void> {
	await using media = new MediaProcess({ narrow: 1_200_000 }, { maxBitrate: 2.5 });
	// Noise fills whatever bitrate there is.
	const noise = Buffer.from(Array.from({ length: 1 << 20 }, (_, i) => Math.imul(i, 2_654_435_761) >>> 24));
	const add = (pixels: Uint8Array, index: number) => pixels.set(noise.subarray(0, 900_000), (index * 4096) % 400_000);
	await using _drawing = new Drawing(media.output, HD, 30, add);
	await visit(
		browser,
		(...call) => media.call(...call),
		async (page) => {
			const viewer = await ask<number>(page, "watch", { codec: "h264", crop: stripOf(HD) });
			const conditions = "1280×720@30 H.264 of noise at 2.5 Mb/s into 1.2 Mb/s with 0.2 s of queue";
			let last = (await decoding(page, viewer)).framesDecoded;
			const rates: number[] = [];
			for (let second = 0; second < 20; second++) {
				await setTimeout(1000);
				const now = (await decoding(page, viewer)).framesDecoded;
				rates.push(now - last);
				last = now;
			}
			const settled = rates.slice(8);
			const mean = settled.reduce((sum, rate) => sum + rate, 0) / settled.length;
			emit({ name: "narrow link: decoded after 8 s", value: mean, unit: "fps", limit: 20, better: "more", conditions });
			const worst = Math.min(...settled);
			emit({
				name: "narrow link: worst second after 8 s",
				value: worst,
				unit: "fps",
				limit: 1,
				better: "more",
				conditions,
			});
			const moving = rates.findIndex((rate, i) => rate >= 15 && (rates[i + 1] ?? 15) >= 15) + 1;
			emit({ name: "narrow link: in motion after", value: moving || Number.NaN, unit: "s", conditions });
		},
	);
}

/** Many viewers of one encode, in another process. */
async function crowd(emit: Emit, count: number, limit?: number): Promise<void> {
	await using media = new MediaProcess();
	await using _drawing = new Drawing(media.output, SQUARE, 30);
	const viewers = start("webrtc-viewers.ts", String(count));
	const totals = Promise.withResolvers<Totals>();
	await new Promise<void>((resolve, reject) => {
		viewers.once("exit", () => reject(new Error("the viewers did not connect")));
		viewers.on("message", (message: { index?: number; sdp?: string; connected?: true; totals?: Totals }) => {
			if (message.totals) totals.resolve(message.totals);
			if (message.connected) resolve();
			if (message.sdp === undefined) return;
			const { index, sdp } = message;
			void media.call("offer", { session: "main", kind: "whep", sdp }).then((answer) => {
				viewers.send({ index, sdp: (answer as { sdp: string }).sdp });
			});
		});
	});
	await setTimeout(3000);
	viewers.send({ reset: true });
	const { cpu, seconds } = await media.measure(() => setTimeout(SECONDS * 1000));
	viewers.send({ totals: true });
	const { packets, lost } = await totals.promise;
	viewers.disconnect();
	const conditions = `512×512@30 H.264 test card, headless viewers in another process, ${Math.round(packets / seconds)} packets a second`;
	emit({
		name: `${count} viewers: media process`,
		value: cpu / seconds / 10,
		unit: "% of a core",
		...(limit ? { limit } : {}),
		conditions,
	});
	emit({ name: `${count} viewers: packets lost`, value: lost, unit: "", conditions });
}

/** The same card and page, sent by aiortc. */
async function compare(emit: Emit, browser: Browser): Promise<void> {
	const aiortc = await Aiortc.open(SQUARE);
	if (!aiortc) {
		process.stderr.write("aiortc is not installed: it is not compared with\n");
		return;
	}
	await using theirs = aiortc;
	const ours = await watch(browser, SQUARE, "h264", LONG);
	const seen = await visit(
		browser,
		(...call) => theirs.call(...call),
		async (page) => {
			const viewer = await ask<number>(page, "watch", { codec: "h264", crop: stripOf(SQUARE), trickle: false });
			await setTimeout(LONG * 1000);
			const begun = await ask<Taken>(page, "take", viewer);
			const before = await theirs.cpu();
			await setTimeout(SECONDS * 1000);
			const used = (await theirs.cpu()) - before;
			const { readings } = await ask<Taken>(page, "take", viewer);
			return judge(readings, used * 1000, SECONDS, begun);
		},
	);
	const conditions = `512×512@30 H.264, the same card and page, both after ${LONG} s; aiortc ${theirs.version}: ${seen.cpu.toFixed(2)} ms CPU a frame, ${seen.fps.toFixed(1)} fps`;
	emit({
		name: "against aiortc: CPU a frame",
		value: ours.cpu / seen.cpu,
		unit: "of theirs",
		limit: 1 / 3,
		conditions,
	});
	const p50 = (watched: Watched) => percentile(watched.latency, 0.5) ?? Number.NaN;
	emit({
		name: "against aiortc: drawn to seen p50",
		value: p50(ours) / p50(seen),
		unit: "of theirs",
		limit: 0.5,
		conditions,
	});
}
