import type { Value } from "mutoscope/inference";
import { type Drawing, shaped, weight } from "../drawing.ts";

/*
 * A convolution 3×3 over a picture whose pixels were each repeated to 2×2 sees every pixel several times. The same numbers come
 * of one over the picture as it was, which answers four times, once for each of the 2×2: a quarter of the pixels to go over,
 * and channels enough for a processor's registers (Shi et al. 2016, arXiv 1609.05158, §3, for pictures that are made so).
 */

/** Taps of a kernel along a side. */
const TAPS = [0, 1, 2] as const;
/** Halves of a doubled pixel along a side. */
const HALVES = [0, 1] as const;

/**
 * The convolution under `name`, without a bias, over x [frames, channels, h, w] as if it were doubled: [frames, out · 4, h, w],
 * each channel's four halves one behind the other, as `pixelShuffle` takes them.
 */
export function convDoubled(drawing: Drawing, x: Value, name: string): Value {
	const along = HALVES.flatMap((half) =>
		TAPS.map((low) => TAPS.map((tap) => Number(Math.floor((half + tap - 1) / 2) === low - 1))),
	);
	const [out, channels, w] = spread(drawing, name, along);
	const kernel = drawing.graph.reshape(drawing.graph.transpose(w, [0, 2, 1, 3]), [4 * out, channels, 3, 3]);
	return drawing.graph.conv(x, kernel, undefined, { pads: 1 });
}

/**
 * The convolution under `name` over a picture that lies as halves, x [frames, channels · 4, h, w]; what comes out lies so, too.
 */
export function convHalves(drawing: Drawing, x: Value, name: string): Value {
	const { graph } = drawing;
	const along = HALVES.flatMap((half) =>
		HALVES.flatMap((from) => TAPS.map((low) => TAPS.map((tap) => Number(half + tap - 1 === 2 * (low - 1) + from)))),
	);
	const [out, channels, w] = spread(drawing, name, along);
	// Places are halves that go out and come in, of rows, then of columns.
	const parts = graph.transpose(graph.reshape(w, [out, channels, 2, 2, 2, 2, 9]), [0, 2, 4, 1, 3, 5, 6]);
	const kernel = graph.reshape(parts, [4 * out, 4 * channels, 3, 3]);
	const bias = graph.expand(graph.unsqueeze(weight(drawing, `${name}.bias`), [1]), [out, 4]);
	return graph.conv(x, kernel, graph.reshape(bias, [4 * out]), { pads: 1 });
}

/**
 * A kernel [out, channels, 3, 3] times what its taps become along each side, rows first: [out, channels, places, 9], where places
 * are those of both sides.
 *
 * @param along for each place and tap of the new kernel, which taps of the old one fall on it.
 */
function spread(drawing: Drawing, name: string, along: readonly (readonly number[])[]): [number, number, Value] {
	const { graph, weights, dtype } = drawing;
	const ref = weights.get(`${name}.weight`);
	const [out = 0, channels = 0] = ref.shape;
	const places = along.length / TAPS.length;
	const both = Float32Array.from({ length: 9 * places ** 2 * 9 }, (_, i) => {
		const digit = (unit: number, base: number) => Math.floor(i / unit) % base;
		const [down, across] = [3 * digit(9 * places, places) + digit(3, 3), 3 * digit(9, places) + digit(1, 3)];
		const [row, column] = [digit(27 * places ** 2, 3), digit(9 * places ** 2, 3)];
		return (along[down]?.[row] ?? 0) * (along[across]?.[column] ?? 0);
	});
	const flat = graph.weight(shaped(ref, [out * channels, 9]), { as: dtype });
	const table = graph.constant(dtype, [9, places ** 2 * 9], both);
	return [out, channels, graph.reshape(graph.matmul(flat, table), [out, channels, places ** 2, 9])];
}
