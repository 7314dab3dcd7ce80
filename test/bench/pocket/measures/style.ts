import { axisOf } from "./axis.ts";
import { saturationOf } from "./look.ts";
import type { Picture, Small } from "./picture.ts";

/** What can be measured of a style. */
export const STYLE_MEASURES = {
	/** Mean of all channels. */
	light: ({ values }: Small) => values.reduce((sum, value) => sum + value, 0) / values.length,
	contrast: (picture: Small) => axisOf([picture]).deviation,
	saturation: saturationOf,
	/** Mean of the steps between neighbours along both sides, over the contrast. */
	edges,
	/** Share of the steps between neighbours that are nearly none. */
	flatness,
	/** Entropy of the colours, eight to a channel, in bits. */
	colours,
} as const satisfies Record<string, (picture: Small) => number>;

export type StyleMeasure = keyof typeof STYLE_MEASURES;

/** A picture at its full size as the measures take them. */
export function whole({ width, height, data }: Picture): Small {
	const values = new Float32Array(3 * width * height);
	for (let i = 0; i < width * height; i++) {
		for (let c = 0; c < 3; c++) values[3 * i + c] = (data[4 * i + c] as number) / 255;
	}
	return { width, height, values };
}

const NEARLY_NONE = 0.01;

function edges(picture: Small): number {
	let sum = 0;
	let count = 0;
	for (const step of steps(picture)) {
		sum += step;
		count++;
	}
	return sum / count / (axisOf([picture]).deviation || 1);
}

function flatness(picture: Small): number {
	let flat = 0;
	let count = 0;
	for (const step of steps(picture)) {
		if (step < NEARLY_NONE) flat++;
		count++;
	}
	return flat / count;
}

function* steps({ width, height, values }: Small): Generator<number> {
	for (let y = 0; y < height; y++) {
		for (let x = 0; x < width; x++) {
			const at = 3 * (y * width + x);
			for (const [inside, next] of [
				[x + 1 < width, at + 3],
				[y + 1 < height, at + 3 * width],
			] as const) {
				if (!inside) continue;
				let step = 0;
				for (let c = 0; c < 3; c++) step += Math.abs((values[next + c] as number) - (values[at + c] as number));
				yield step / 3;
			}
		}
	}
}

function colours({ values }: Small): number {
	const counts = new Map<number, number>();
	for (let i = 0; i < values.length; i += 3) {
		let key = 0;
		for (let c = 0; c < 3; c++) key = 8 * key + Math.min(7, Math.floor(8 * (values[i + c] as number)));
		counts.set(key, (counts.get(key) ?? 0) + 1);
	}
	const total = values.length / 3;
	return -[...counts.values()].reduce((sum, count) => sum + (count / total) * Math.log2(count / total), 0);
}
