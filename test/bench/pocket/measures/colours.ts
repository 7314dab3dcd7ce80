import { along, axisOf, type Colour } from "./axis.ts";
import type { Small } from "./picture.ts";

/** Colours by name, sRGB of 0 to 1. */
export type Palette = Readonly<Record<string, Colour>>;

/** What a picture is asked to be drawn in. */
export interface Asked {
	readonly figure: string;
	readonly ground: string;
	readonly style: string;
	/** Part of the picture that the figure takes up, 0 to 1: tells which colour is which where it is far from a half. */
	readonly share: number;
}

/** The two colours that a picture is made of. */
export interface Roles {
	readonly figure: Colour;
	readonly ground: Colour;
}

/** Of a colour without a hue: how far its brightest channel is over its darkest, as a share of the brightest. */
const PALE = 0.3;
/** Brightest channel of what counts as black. */
const DARK = 0.22;
/** Brightest channel of a black ground that a figure shines on. */
const SHINE = 0.4;
/** Whiter than that is white, though black may be pale as well. */
const LIGHT = 0.45;
/** Ends of the axis are where these shares of the pixels lie beyond: single pixels decide nothing. */
const TAIL = 0.01;
const DECISIVE = 0.12;

/** The name of a colour: by its hue, or where it has none by its light. */
export function nameOf(colour: Colour, palette: Palette): string {
	const brightest = Math.max(...colour);
	if (brightest < DARK) return "black";
	if (brightest - Math.min(...colour) < PALE * brightest) return brightest > LIGHT ? "white" : "black";
	const hue = hueOf(colour);
	const apart = (name: string) => {
		const turn = Math.abs(hueOf(palette[name] as Colour) - hue);
		return Math.min(turn, 360 - turn);
	};
	const hued = Object.keys(palette).filter((name) => name !== "black" && name !== "white");
	return hued.reduce((nearest, name) => (apart(name) < apart(nearest) ? name : nearest));
}

/** In degrees, red 0, green 120 (Smith 1978, "Color gamut transform pairs"). */
export function hueOf([red, green, blue]: Colour): number {
	const brightest = Math.max(red, green, blue);
	const range = brightest - Math.min(red, green, blue) || 1;
	if (brightest === red) return (60 * ((green - blue) / range) + 360) % 360;
	return brightest === green ? 60 * ((blue - red) / range) + 120 : 60 * ((red - green) / range) + 240;
}

/**
 * The colours of a picture of two: means of the lowest and the highest quarter along the first principal axis. The larger
 * part is the ground if it is asked to be much larger, or smaller; otherwise whichever is nearer to what was asked.
 */
export function rolesOf(picture: Small, asked: Asked, palette: Palette): Roles {
	const outlined = asked.style === "ink" && asked.figure !== "black" && asked.ground !== "black";
	const pixels = outlined ? withoutOutlines(picture) : picture;
	const axis = axisOf([pixels]);
	const places = along(axis, pixels);
	const sorted = places.slice().sort();
	const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
	const [from, to] = [at(TAIL), at(1 - TAIL)];
	const quarter = (to - from) / 4;
	const low = meanOf(pixels, (i) => (places[i] as number) <= from + quarter);
	const high = meanOf(pixels, (i) => (places[i] as number) >= to - quarter);
	const share = places.filter((place) => place > (from + to) / 2).length / Math.max(1, places.length);
	const forward: Roles = { figure: high, ground: low };
	const backward: Roles = { figure: low, ground: high };
	if (Math.abs(asked.share - 0.5) > DECISIVE && Math.abs(share - 0.5) > DECISIVE / 2) {
		return share > 0.5 === asked.share > 0.5 ? forward : backward;
	}
	return missed(forward, asked, palette) <= missed(backward, asked, palette) ? forward : backward;
}

/** Whether a colour has the name that was asked for. Neon's ground is dark whatever its hue. */
export function isFigure({ figure }: Roles, asked: Asked, palette: Palette): boolean {
	return nameOf(figure, palette) === asked.figure;
}

/** As `isFigure`, of the ground. A black one may shine with its figure's hue. */
export function isGround({ ground }: Roles, asked: Asked, palette: Palette): boolean {
	const dark = asked.style === "neon" || asked.ground === "black";
	return nameOf(ground, palette) === asked.ground || (dark && Math.max(...ground) < SHINE);
}

function missed({ figure, ground }: Roles, asked: Asked, palette: Palette): number {
	const apart = (colour: Colour, name: string) => Math.hypot(...colour.map((c, i) => c - (palette[name]?.[i] ?? 0)));
	return apart(figure, asked.figure) + apart(ground, asked.ground);
}

function meanOf({ values }: Small, counts: (pixel: number) => boolean): Colour {
	const sum = [0, 0, 0];
	let count = 0;
	for (let i = 0; i < values.length / 3; i++) {
		if (!counts(i)) continue;
		count++;
		for (let c = 0; c < 3; c++) sum[c] = (sum[c] as number) + (values[3 * i + c] as number);
	}
	return sum.map((each) => each / Math.max(1, count)) as unknown as Colour;
}

/** Ink draws a black line around its figures, which is neither figure nor ground. */
function withoutOutlines({ values }: Small): Small {
	const kept: number[] = [];
	for (let i = 0; i < values.length; i += 3) {
		const pixel = values.subarray(i, i + 3);
		if (Math.max(...pixel) > 2 * DARK) kept.push(...pixel);
	}
	return { width: kept.length / 3, height: 1, values: Float32Array.from(kept) };
}
