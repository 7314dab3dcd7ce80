import type { Graph } from "./graph/graph.ts";
import { printShape, type Value } from "./graph/value.ts";

/** How a picture grows. */
export interface GrowOptions {
	/** How many times as many rows and columns there are: the stride. */
	readonly factor: number;
	/** Padding, as PyTorch counts it: how much of each side is cut off. */
	readonly pads?: number;
}

/**
 * A transposed convolution of pictures [n, in, h, w] to [n, out, h · factor, w · factor], w [in, out, k, k], b [out].
 *
 * It is drawn as a convolution whose channels become pixels: neither CUDA nor WebGPU has a kernel for `ConvTranspose` of
 * today's operator set, and the CPU is as fast. The weights are laid out anew when the model is loaded.
 */
export function grown(
	graph: Graph,
	x: Value,
	w: Value,
	b: Value | undefined,
	{ factor, pads = 0 }: GrowOptions,
): Value {
	const [inner, out, side, other] = w.shape;
	if (typeof inner !== "number" || typeof out !== "number" || typeof side !== "number" || side !== other) {
		return graph.fail("grown", `a kernel of ${printShape(w.shape)} is not square`);
	}
	// Pixel q·factor + a of the result is made of pixels q + d by the kernel's place a + pads − factor·d.
	const first = Math.ceil((pads - side + 1) / factor);
	const last = Math.floor((factor - 1 + pads) / factor);
	const steps = Array.from({ length: last - first + 1 }, (_, i) => first + i);
	const places = Array.from({ length: factor }, (_, a) => a).flatMap((a) =>
		steps.map((d) => {
			const place = a + pads - factor * d;
			return place >= 0 && place < side ? place : side;
		}),
	);
	const at = graph.constant("int64", [places.length], BigInt64Array.from(places, BigInt));
	const padded = graph.pad(w, [0, 0, 1, 1]);
	const split = [inner, out, factor, steps.length, factor, steps.length];
	const apart = graph.reshape(graph.gather(graph.gather(padded, at, 2), at, 3), split);
	const kernel = graph.reshape(graph.transpose(apart, [1, 2, 4, 0, 3, 5]), [
		out * factor * factor,
		inner,
		steps.length,
		steps.length,
	]);
	const channels = Array.from({ length: out * factor * factor }, (_, i) => BigInt(Math.floor(i / (factor * factor))));
	const bias = b && graph.gather(b, graph.constant("int64", [channels.length], BigInt64Array.from(channels)), 0);
	return graph.pixelShuffle(graph.conv(x, kernel, bias, { pads: [-first, -first, last, last] }), factor);
}
