/** Spans of the wheel: how many colours, which channel changes, and whether it rises. Baker et al. 2011, doi 10.1007/s11263-010-0390-2. */
const SPANS = [
	{ count: 15, from: [255, 0, 0], channel: 1, rises: true },
	{ count: 6, from: [255, 255, 0], channel: 0, rises: false },
	{ count: 4, from: [0, 255, 0], channel: 2, rises: true },
	{ count: 11, from: [0, 255, 255], channel: 1, rises: false },
	{ count: 13, from: [0, 0, 255], channel: 0, rises: true },
	{ count: 6, from: [255, 0, 255], channel: 2, rises: false },
] as const;

/** Red, yellow, green, cyan, blue, magenta and all between, each as three levels of 0 to 1. */
const WHEEL = Float64Array.from(
	SPANS.flatMap(({ count, from, channel, rises }) =>
		Array.from({ length: count }, (_, i) => {
			const step = Math.floor((255 * i) / count);
			return from.map((level, c) => (c === channel ? (rises ? step : 255 - step) : level) / 255);
		}),
	).flat(),
);

/** How many colours the wheel has. */
const COLOURS = WHEEL.length / 3;

/** The smallest number of fp32 above 1, less 1: nothing is divided by zero. */
const TINY = 2 ** -23;

/**
 * Flow [2, pixels], x before y, as colours: where to is the hue, how far the saturation, of the farthest that anything moves.
 * RGBA bytes; what does not move is white. As torchvision's `flow_to_image`.
 */
export function colours(flow: Float32Array): Uint8Array {
	const pixels = flow.length / 2;
	let farthest = 0;
	for (let i = 0; i < pixels; i++) farthest = Math.max(farthest, length(flow[i] as number, flow[pixels + i] as number));
	const scale = 1 / (farthest + TINY);
	const bytes = new Uint8Array(4 * pixels).fill(255);
	for (let i = 0; i < pixels; i++) {
		const x = (flow[i] as number) * scale;
		const y = (flow[pixels + i] as number) * scale;
		const far = length(x, y);
		// What is no number is left white.
		if (Number.isNaN(far)) continue;
		const place = ((Math.atan2(-y, -x) / Math.PI + 1) / 2) * (COLOURS - 1);
		const whole = Math.floor(place);
		const share = place - whole;
		const first = 3 * whole;
		const second = 3 * ((whole + 1) % COLOURS);
		for (let c = 0; c < 3; c++) {
			const colour = (1 - share) * (WHEEL[first + c] as number) + share * (WHEEL[second + c] as number);
			bytes[4 * i + c] = Math.floor(255 * (1 - far * (1 - colour)));
		}
	}
	return bytes;
}

/** Without the guard against overflow of `Math.hypot`, which is slow. */
function length(x: number, y: number): number {
	return Math.sqrt(x * x + y * y);
}
