import type { Size } from "../../../src/base/geometry.ts";
import { type Knobs, open, valuesOf } from "./play.ts";
import { pngOf } from "./png.ts";

/** What is played, and after how many seconds the picture is taken. */
export interface Shot {
	readonly knobs: Knobs;
	readonly seconds: number;
}

/** Plays the shots and puts them side by side, `columns` in a row, each shrunk `shrink` times. */
export async function contactSheet(shots: readonly Shot[], columns: number, size: Size, shrink = 1): Promise<Buffer> {
	const tile = { width: Math.floor(size.width / shrink), height: Math.floor(size.height / shrink) };
	const whole = { width: tile.width * columns, height: tile.height * Math.ceil(shots.length / columns) };
	const pixels = new Uint8Array(whole.width * whole.height * 4);
	for (const [i, { knobs, seconds }] of shots.entries()) {
		const values = valuesOf({ ...knobs, ...size });
		const player = await open(values);
		const frames = Math.ceil(seconds * values.fps);
		for (let n = 1; n < frames; n++) (await player.next(values)).close();
		using frame = await player.next(values);
		const left = (i % columns) * tile.width;
		const top = Math.floor(i / columns) * tile.height;
		for (let y = 0; y < tile.height; y++) {
			for (let x = 0; x < tile.width; x++) {
				for (let channel = 0; channel < 3; channel++) {
					let sum = 0;
					for (let v = 0; v < shrink; v++) {
						for (let u = 0; u < shrink; u++) {
							sum += frame.data[4 * ((y * shrink + v) * size.width + x * shrink + u) + channel] as number;
						}
					}
					pixels[4 * ((top + y) * whole.width + left + x) + channel] = sum / shrink ** 2;
				}
			}
		}
		await player.close();
	}
	return pngOf(whole, pixels);
}
