/** Width and height in pixels. */
export interface Size {
	readonly width: number;
	readonly height: number;
}

/** A rectangle in pixels, from the top left corner. */
export interface Rect extends Size {
	readonly x: number;
	readonly y: number;
}

/** How a picture fills a frame of another shape: with bars, by cropping, or by distortion. */
export type Fit = "contain" | "cover" | "stretch";

/** Whether two sizes are the same. */
export function sameSize(a: Size, b: Size): boolean {
	return a.width === b.width && a.height === b.height;
}

/** Which part `from` of a picture lands in which part `to` of a frame, both centred. Fractions of pixels are kept. */
export function place(picture: Size, frame: Size, fit: Fit): { readonly from: Rect; readonly to: Rect } {
	const all = { x: 0, y: 0, ...pick(picture) };
	const full = { x: 0, y: 0, ...pick(frame) };
	if (fit === "stretch") return { from: all, to: full };
	const horizontal = frame.width / picture.width;
	const vertical = frame.height / picture.height;
	if (fit === "contain") {
		const scale = Math.min(horizontal, vertical);
		return { from: all, to: centred({ width: picture.width * scale, height: picture.height * scale }, frame) };
	}
	const scale = Math.max(horizontal, vertical);
	return { from: centred({ width: frame.width / scale, height: frame.height / scale }, picture), to: full };
}

function centred(inner: Size, outer: Size): Rect {
	return { x: (outer.width - inner.width) / 2, y: (outer.height - inner.height) / 2, ...inner };
}

function pick({ width, height }: Size): Size {
	return { width, height };
}
