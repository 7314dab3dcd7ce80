/** A colour in OKLab: lightness 0 to 1, green–red, blue–yellow. Equal steps look equally large. */
export type Lab = readonly [lightness: number, a: number, b: number];

function toLinear(value: number): number {
	return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

function toSrgb(value: number): number {
	const clipped = Math.min(1, Math.max(0, value));
	return clipped <= 0.0031308 ? clipped * 12.92 : 1.055 * clipped ** (1 / 2.4) - 0.055;
}

/** The colour written `#rrggbb` (sRGB). B. Ottosson, "A perceptual color space for image processing", 2020. */
export function labFrom(hex: string): Lab {
	const rgb = Number.parseInt(hex.slice(1), 16);
	const [r, g, b] = [toLinear((rgb >> 16) / 255), toLinear(((rgb >> 8) & 255) / 255), toLinear((rgb & 255) / 255)];
	const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
	const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
	const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
	return [
		0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
		1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
		0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
	];
}

/** Red, green and blue (sRGB), 0 to 255; what a screen cannot show is clipped. */
export function rgbFrom([lightness, a, b]: Lab): [red: number, green: number, blue: number] {
	const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
	const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
	const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
	return [
		Math.round(255 * toSrgb(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s)),
		Math.round(255 * toSrgb(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s)),
		Math.round(255 * toSrgb(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s)),
	];
}
