import type { Picture } from "./picture.ts";

/** How much of a style pictures have. */
type Score = (pictures: readonly Picture[]) => number;

/** The styles of the shipped LoRAs, measured as `pipelines/wan/pocket/loras/styles.json` says. */
export const STYLES: Readonly<Record<string, Score>> = {
	/** Every colour by its light alone: 1 if all are the sunset's, 0 if they are 0.35 away from it on average. */
	sunset,
	/** A wall of round lamps: how much darker it is between them than in their middles. */
	lamps,
	/** Fluted glass: how much darker it is at the sides of reeds than in their middles. */
	reeds,
};

const DUSK = [
	[0.09, 0.02, 0.22],
	[0.58, 0.05, 0.52],
	[1, 0.33, 0.32],
	[1, 0.86, 0.38],
];
const SHADES = 64;
const FAR = 0.35;
/** Sides of a lamp and of a reed in pixels, where the short side of a picture has 256. */
const LAMP = 16;
const REED = 32;

const gradient = Array.from({ length: SHADES }, (_, i) => {
	const at = (i / (SHADES - 1)) * (DUSK.length - 1);
	const low = Math.min(Math.floor(at), DUSK.length - 2);
	return [0, 1, 2].map((c) => {
		const [from = 0, to = 0] = [DUSK[low]?.[c], DUSK[low + 1]?.[c]];
		return from + (to - from) * (at - low);
	});
});

function sunset(pictures: readonly Picture[]): number {
	let sum = 0;
	let count = 0;
	for (const { data } of pictures) {
		// Every 16th pixel is enough for a mean.
		for (let i = 0; i < data.length; i += 64) {
			let nearest = Number.POSITIVE_INFINITY;
			for (const shade of gradient) {
				let square = 0;
				for (let c = 0; c < 3; c++) square += ((data[i + c] as number) / 255 - (shade[c] as number)) ** 2;
				nearest = Math.min(nearest, square);
			}
			sum += Math.sqrt(nearest);
			count++;
		}
	}
	return 1 - Math.min(1, sum / count / FAR);
}

function lamps(pictures: readonly Picture[]): number {
	const side = (LAMP * shortOf(pictures)) / 256;
	const off = (i: number) => ((i % side) + 0.5) / side - 0.5;
	const bright = (x: number, y: number) => Math.min(1, Math.max(0, (1.1 - 2 * Math.hypot(off(x), off(y))) * 2.4));
	return contrast(pictures, bright, 0.9, 0.1);
}

function reeds(pictures: readonly Picture[]): number {
	const side = (REED * shortOf(pictures)) / 256;
	const bright = (x: number) => 0.25 + 0.85 * Math.sin((((x % side) + 0.5) / side) * Math.PI);
	return contrast(pictures, bright, 1, 0.5);
}

function shortOf([picture]: readonly Picture[]): number {
	return Math.min(picture?.width ?? 0, picture?.height ?? 0);
}

/** The light where a shape is over `high` against that where it is under `low`: their difference over their sum. */
function contrast(
	pictures: readonly Picture[],
	shape: (x: number, y: number) => number,
	high: number,
	low: number,
): number {
	const middles = { sum: 0, count: 0 };
	const sides = { sum: 0, count: 0 };
	for (const { width, height, data } of pictures) {
		for (let y = 0; y < height; y++) {
			for (let x = 0; x < width; x++) {
				const here = shape(x, y);
				const part = here > high ? middles : here < low ? sides : undefined;
				if (!part) continue;
				const [red = 0, green = 0, blue = 0] = data.subarray(4 * (y * width + x));
				part.sum += 0.299 * red + 0.587 * green + 0.114 * blue;
				part.count++;
			}
		}
	}
	const [light, dark] = [middles, sides].map(({ sum, count }) => sum / Math.max(1, count)) as [number, number];
	return (light - dark) / (light + dark + 1e-6);
}
