import { availableParallelism } from "node:os";
import type { Size } from "mutoscope/sdk";
import { ENCODER_THREADS, openEncoder, PRESETS, type Preset } from "./encoder.ts";

/** A picture this size is encoded a few times to see how fast this machine is. */
const SAMPLE = { width: 640, height: 360 };
const ROUNDS = 8;

/** How much longer a preset takes than `superfast`, measured on cellular automata and plasma. */
const COST = { veryfast: 1.5, superfast: 1, ultrafast: 0.8 } as const;

/** Seconds of a core that `superfast` takes for a pixel of a busy picture on this machine. */
export async function secondsPerPixel(): Promise<number> {
	using encoder = await openEncoder({ size: SAMPLE, fps: 30, crf: 21, preset: "superfast" });
	const pixels = new Uint8Array(SAMPLE.width * SAMPLE.height * 4);
	const times: number[] = [];
	for (let round = 0; round < ROUNDS; round++) {
		for (let i = 0; i < pixels.length; i++) {
			pixels[i] = ((i + 40 * round) >> 3) ^ (Math.imul(i + round, 2_654_435_761) >>> 28);
		}
		encoder.load(pixels, SAMPLE);
		const before = process.cpuUsage();
		for (const packet of await encoder.encode(BigInt(round * 3000), false)) packet.free();
		const { user, system } = process.cpuUsage(before);
		times.push((user + system) / 1e6);
	}
	const median = times.sort((a, b) => a - b)[ROUNDS >> 1] ?? 0;
	return median / (SAMPLE.width * SAMPLE.height);
}

/** Cores that encoding may take: a sixth of the machine, and no more than its threads can. */
const BUDGET = Math.min(availableParallelism() / 6, 0.7 * ENCODER_THREADS);

/** The best preset that leaves the rest of the machine to the show, at this size and rate. */
export function choosePreset(perPixel: number, { width, height }: Size, fps: number): Preset {
	const superfast = perPixel * width * height * fps;
	return PRESETS.find((preset) => superfast * COST[preset] < BUDGET) ?? "ultrafast";
}
