import { percentile } from "../../src/base/clock.ts";
import type { Size } from "../../src/base/geometry.ts";
import { monotonic } from "../../src/media/clock.ts";
import type { Frame } from "../../src/media/frame.ts";
import { RingReader, RingWriter } from "../../src/media/ring.ts";
import { Bridge, fresh, library, painted } from "../bridges/ndi/stage.ts";
import type { Emit } from "./emit.ts";

const SECONDS = 8;
const WARM = 2;
const hd = { width: 1920, height: 1080 };

/** What a bare sender and receiver of the same library took on the machine of the research, and how much more we may. */
const BARE = { ms: 5.4, ringMs: 0.9, sending: { alpha: 20, opaque: 15 }, receiving: 14 };
const MORE = 1.3;

/** Side in pixels of the blocks that carry a frame's number, and how many there are. */
const BLOCK = 16;
const BITS = 16;

/** Ways to other programs: what they cost, and how long a picture takes. */
export async function run(emit: Emit): Promise<void> {
	if (!library) {
		process.stderr.write("NDI is left out: its runtime is not installed.\n");
		return;
	}
	await ndi(emit, true, false, true);
	await ndi(emit, false, false, true);
	await ndi(emit, true, true, false);
}

/** Ring → sink → NDI → source → ring, a process each. `judged`: whether the figures have limits. */
async function ndi(emit: Emit, alpha: boolean, steady: boolean, judged: boolean): Promise<void> {
	await using sink = new Bridge("sink", { name: fresh("bench") });
	await using source = new Bridge("source", { name: await sink.called(), steady });
	const written: number[] = [];
	const latencies: number[] = [];
	const begun = monotonic();
	const over = begun + WARM + SECONDS;
	await Promise.all([
		write(sink.ring.name, hd, 60, alpha, over, written),
		read(source.ring.name, over, (number, at) => {
			const sent = written[number];
			if (sent !== undefined && at > begun + WARM) latencies.push(at - sent);
		}),
	]);
	const kind = `ndi 1080p60 ${alpha ? "RGBA" : "RGBX"}${steady ? ", frame-sync" : ""}`;
	const conditions = `1920×1080 @60, a gradient, ring to ring over loopback, 3 processes, ${SECONDS} s`;
	const limit = (value: number) => (judged ? { limit: Number((value * MORE).toFixed(1)) } : {});
	const ms = (share: number) => (percentile(latencies, share) ?? Number.NaN) * 1000;
	emit({ name: `${kind}: ring to ring p50`, value: ms(0.5), unit: "ms", ...limit(BARE.ms + BARE.ringMs), conditions });
	emit({ name: `${kind}: ring to ring p95`, value: ms(0.95), unit: "ms", conditions });
	emit({ name: `${kind}: received`, value: latencies.length / SECONDS, unit: "fps", better: "more", conditions });
	const unit = "% of a core";
	const sending = alpha ? BARE.sending.alpha : BARE.sending.opaque;
	emit({ name: `${kind}: sending`, value: share(sink), unit, ...limit(sending), conditions });
	emit({ name: `${kind}: receiving`, value: share(source), unit, ...limit(BARE.receiving), conditions });
}

/** A bridge's share of a core while it was busy. */
function share({ watched: { states } }: Bridge): number {
	const shares = states.flatMap(({ cpu }) => cpu ?? []);
	const steady = shares.slice(Math.floor((shares.length * WARM) / (WARM + SECONDS)) + 1);
	return (100 * steady.reduce((sum, one) => sum + one, 0)) / Math.max(1, steady.length);
}

async function write(ring: string, { width, height }: Size, fps: number, alpha: boolean, until: number, at: number[]) {
	using writer = RingWriter.attach(ring);
	const shade = (x: number, of: number) => Math.round((255 * x) / of);
	using frame = painted(
		width,
		height,
		(x, y) => [shade(x, width), shade(y, height), 128, alpha ? shade(x, width) : 255],
		{
			alpha,
		},
	);
	const begin = monotonic();
	for (let i = 0; monotonic() < until; i++) {
		const wait = (begin + i / fps - monotonic()) * 1000;
		await new Promise((due) => (wait > 0 ? setTimeout(due, wait) : setImmediate(due)));
		mark(frame, i);
		at[i % 2 ** BITS] = monotonic();
		writer.write(frame);
	}
}

async function read(ring: string, until: number, seen: (number: number, at: number) => void): Promise<void> {
	using reader = RingReader.attach(ring);
	while (monotonic() < until) {
		using frame = await reader.next(AbortSignal.timeout(1000)).catch(() => undefined);
		if (frame) seen(marked(frame), frame.shown);
	}
}

/** Draws a number so that no codec loses it. */
function mark({ data, size }: Frame, number: number): void {
	for (let bit = 0; bit < BITS; bit++) {
		const grey = (number >> bit) & 1 ? 255 : 0;
		for (let y = 0; y < BLOCK; y++) {
			const at = (y * size.width + bit * BLOCK) * 4;
			data.fill(grey, at, at + BLOCK * 4);
			for (let x = 0; x < BLOCK; x++) data[at + x * 4 + 3] = 255;
		}
	}
}

function marked({ data, size }: Frame): number {
	const middle = (BLOCK / 2) * size.width;
	const bits = Array.from({ length: BITS }, (_, bit) => (data[(middle + (bit + 0.5) * BLOCK) * 4] ?? 0) > 127);
	return bits.reduce((number, isSet, bit) => number + (isSet ? 2 ** bit : 0), 0);
}
