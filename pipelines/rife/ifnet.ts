import type { Graph, Layers, Value } from "mutoscope/inference";
import { Warp } from "./warp.ts";

/** How much smaller than the picture each stage looks at it. */
const SCALES = [8, 4, 2, 1];
/** Residual convolutions of a stage. */
const CONVS = 8;
const SLOPE = 0.2;
/** Where between the two pictures the new one lies. */
const TIMESTEP = 0.5;

/** What the network finds: the picture between, the flow to either picture, and how much the first counts, as a logit. */
export interface Between {
	/** [1, 3, h, w] of 0 to 1, nearly. */
	readonly picture: Value;
	/** float32 [1, 4, h, w]: pixels in x and y to the first picture, then to the second. */
	readonly flow: Value;
	/** [1, 1, h, w]. */
	readonly mask: Value;
}

/**
 * IFNet of RIFE 4.25: the picture in the middle of two, which are [1, 3, h, w] of 0 to 1 with sides that are multiples of 32.
 * Flow and places are fp32 whatever the pictures are. Huang et al. 2022, arXiv 2011.06294; version 4.25 of
 * hzwer/Practical-RIFE.
 */
export function between(layers: Layers, first: Value, second: Value): Between {
	const { graph } = layers;
	const [, , height, width] = first.shape;
	const warp = new Warp(graph, Number(height), Number(width));
	const pictures = [first, second] as const;
	const features = pictures.map((picture) => encoded(layers.under("encode"), picture)) as [Value, Value];
	const time = graph.expand(graph.constant(first.dtype, [1, 1, 1, 1], [TIMESTEP]), [
		1,
		1,
		Number(height),
		Number(width),
	]);

	let known = graph.concat([...pictures, ...features, time], 1);
	let flow: Value | undefined;
	let warped: readonly [Value, Value] = pictures;
	let mask = time;
	for (const [stage, scale] of SCALES.entries()) {
		const found = refined(layers.under(`block${stage}`), known, flow, scale);
		flow = flow ? graph.add(flow, found.flow) : found.flow;
		mask = found.mask;
		const [back, forth] = graph.split(flow, [2, 2], 1) as [Value, Value];
		warped = [warp.along(first, back), warp.along(second, forth)];
		if (stage === SCALES.length - 1) break;
		const moved = [warp.along(features[0], back), warp.along(features[1], forth)];
		known = graph.concat([...warped, ...moved, time, mask, found.features], 1);
	}
	const picture = graph.lerp(warped[1], warped[0], graph.sigmoid(mask));
	return { picture, flow: flow as Value, mask };
}

/** Four features of each pixel. */
function encoded(layers: Layers, picture: Value): Value {
	const { graph } = layers;
	let x = graph.leakyRelu(layers.conv(picture, "cnn0", { strides: 2, pads: 1 }), SLOPE);
	for (const name of ["cnn1", "cnn2"]) x = graph.leakyRelu(layers.conv(x, name, { pads: 1 }), SLOPE);
	return layers.convTranspose(x, "cnn3", { factor: 2, pads: 1 });
}

/** One stage: what it adds to the flow, and its mask and features in place of those before. */
function refined(layers: Layers, known: Value, flow: Value | undefined, scale: number) {
	const { graph } = layers;
	const shrunk = (x: Value): Value => resized(graph, x, 1 / scale);
	const slower = flow && graph.cast(graph.mul(shrunk(flow), 1 / scale), known.dtype);
	let x = slower ? graph.concat([shrunk(known), slower], 1) : shrunk(known);
	for (const name of ["conv0.0.0", "conv0.1.0"]) {
		x = graph.leakyRelu(layers.conv(x, name, { strides: 2, pads: 1 }), SLOPE);
	}
	for (let i = 0; i < CONVS; i++) {
		const convolved = layers.conv(x, `convblock.${i}.conv`, { pads: 1 });
		x = graph.leakyRelu(graph.add(graph.mul(convolved, layers.weight(`convblock.${i}.beta`, x)), x), SLOPE);
	}
	const grown = graph.pixelShuffle(layers.convTranspose(x, "lastconv.0", { factor: 2, pads: 1 }), 2);
	const [added, mask, features] = graph.split(resized(graph, grown, scale), [4, 1, 8], 1) as [Value, Value, Value];
	return { flow: graph.mul(graph.cast(added, "float32"), scale), mask, features };
}

function resized(graph: Graph, x: Value, scale: number): Value {
	if (scale === 1) return x;
	const [, , height, width] = x.shape;
	const sizes = [Number(height) * scale, Number(width) * scale];
	return graph.resize(x, { sizes, mode: "linear", coordinates: "half_pixel" });
}
