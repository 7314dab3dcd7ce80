import type { Layers, Value } from "mutoscope/inference";

const EPS = 1e-5;
/** Blocks of a layer. */
const BLOCKS = 2;

/** How a convolution's result is normed: each channel of the picture, as the checkpoint has learned it, or not at all. */
type Norm = "instance" | "batch" | "none";

/** How an encoder is built. */
export interface EncoderOptions {
	readonly norm: Norm;
	readonly bottleneck: boolean;
}

/** A picture [1, 3, h, w] → features [1, c, h / 8, w / 8]. */
export function encoded(layers: Layers, picture: Value, options: EncoderOptions): Value {
	let x = convolved(layers, picture, "convnormrelu", { kernel: 7, stride: 2, norm: options.norm });
	for (const [i, stride] of [1, 2, 2].entries()) {
		for (let block = 0; block < BLOCKS; block++) {
			const inside = layers.under(`layer${i + 1}.${block}`);
			x = around(inside, x, block === 0 ? stride : 1, options);
		}
	}
	return layers.conv(x, "conv");
}

/** Convolutions with a way around them. */
function around(layers: Layers, x: Value, stride: number, { norm, bottleneck }: EncoderOptions): Value {
	const kernels = bottleneck ? [1, 3, 1] : [3, 3];
	// The picture shrinks in the first convolution that sees more than a pixel.
	const shrinks = kernels.indexOf(3);
	let y = x;
	for (const [i, kernel] of kernels.entries()) {
		y = convolved(layers, y, `convnormrelu${i + 1}`, { kernel, stride: i === shrinks ? stride : 1, norm });
	}
	const { graph } = layers;
	const way =
		stride === 1 ? x : normed(layers, layers.conv(x, "downsample.0", { strides: stride }), "downsample.1", norm);
	return graph.relu(graph.add(way, y));
}

function convolved(
	layers: Layers,
	x: Value,
	name: string,
	{ kernel, stride, norm }: { readonly kernel: number; readonly stride: number; readonly norm: Norm },
): Value {
	const y = layers.conv(x, `${name}.0`, { strides: stride, pads: (kernel - 1) / 2 });
	return layers.graph.relu(normed(layers, y, `${name}.1`, norm));
}

function normed(layers: Layers, x: Value, name: string, norm: Norm): Value {
	const { graph } = layers;
	if (norm === "none") return x;
	if (norm === "instance") return graph.instanceNorm(x, EPS);
	const parts = ["weight", "bias", "running_mean", "running_var"].map((part) => layers.weight(`${name}.${part}`, x));
	return graph.one("BatchNormalization", [x, ...parts], x, { epsilon: { float: EPS } });
}
