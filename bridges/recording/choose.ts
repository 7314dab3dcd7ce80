import type { Size } from "mutoscope/sdk";
import { openEncoder, PRESETS, type Preset } from "./encoder.ts";

/** A picture this size is encoded a few times to see how fast this machine is now. */
const SAMPLE = { width: 640, height: 360 };
const ROUNDS = 8;

/** How much longer a preset takes than `superfast`, measured on moving noise over a test card. */
const COST = { veryfast: 1.5, superfast: 1, ultrafast: 0.8 } as const;

/** Seconds that `superfast` takes for a pixel on this machine as busy as it is now. Takes some 50 ms. */
export async function secondsPerPixel(clock: () => number): Promise<number> {
	using encoder = await openEncoder({ size: SAMPLE, fps: 30, crf: 21, preset: "superfast" });
	const pixels = new Uint8Array(SAMPLE.width * SAMPLE.height * 4);
	const times: number[] = [];
	for (let round = 0; round < ROUNDS; round++) {
		for (let i = 0; i < pixels.length; i++)
			pixels[i] = ((i + 40 * round) >> 3) ^ (Math.imul(i + round, 2_654_435_761) >>> 29);
		encoder.load(pixels, SAMPLE);
		const begin = clock();
		for (const packet of await encoder.encode(BigInt(round * 3000), false)) packet.free();
		times.push(clock() - begin);
	}
	const [, median = 0] = [times.sort((a, b) => a - b)[0], times[ROUNDS >> 1]];
	return median / (SAMPLE.width * SAMPLE.height);
}

/** The best preset that leaves two thirds of a core to the show at this size and rate. */
export function choosePreset(perPixel: number, { width, height }: Size, fps: number): Preset {
	const superfast = perPixel * width * height * fps;
	return PRESETS.find((preset) => superfast * COST[preset] < 1 / 3) ?? "ultrafast";
}
