import { Graph, type Value } from "mutoscope/inference";
import { expect, test } from "vitest";

const cases: readonly [string, (g: Graph, x: Value) => unknown, RegExp][] = [
	[
		"add",
		(g, x) => g.add(x, g.input("y", "float32", [2, 3])),
		/^Add at g\/block does not fit: \[n, 3, 4\] and \[2, 3\] do not broadcast/,
	],
	["add of names", (g, x) => g.add(x, g.input("y", "float32", ["m", 3, 4])), /\[n, 3, 4\] and \[m, 3, 4\]/],
	[
		"add of types",
		(g, x) => g.add(x, g.input("y", "float16", [4])),
		/float32 \[n, 3, 4\] and float16 \[4\] are of two types/,
	],
	["where", (g, x) => g.where(x, x, x), /its condition is float32/],
	["matmul", (g, x) => g.matmul(x, x), /float32 \[n, 3, 4\] and float32 \[n, 3, 4\] do not multiply/],
	["gemm", (g, x) => g.gemm(x, x), /do not multiply/],
	["linear", (g, x) => g.linear(x, g.input("w", "float32", [5, 3])), /\[n, 3, 4\] and a weight of float32 \[5, 3\]/],
	[
		"linear with a bias of another length",
		(g, x) => g.linear(x, g.input("w", "float32", [5, 4]), g.input("b", "float32", [4])),
		/\[4\] cannot be added to \[3\*n, 5\]/,
	],
	["linear of other types", (g, x) => g.linear(x, g.input("w", "bfloat16", [5, 4])), /a weight of bfloat16/],
	[
		"layerNorm",
		(g, x) => g.layerNorm(x, { scale: g.input("s", "float32", [3]), eps: 1e-6 }),
		/\[n, 3, 4\] and float32 \[3\]/,
	],
	[
		"rmsNorm over a name",
		(g) => g.rmsNorm(g.input("y", "float32", [2, "m"]), undefined, { eps: 1e-6 }),
		/axis -1 of \[2, m\] has no fixed length/,
	],
	[
		"groupNorm",
		(g, x) => g.groupNorm(x, g.input("s", "float32", [3]), g.input("b", "float32", [3]), 2, 1e-5),
		/3 channels are not 2 groups/,
	],
	["softmax", (g, x) => g.softmax(x, 3), /has no axis 3/],
	["attention", (g, x) => g.attention(x, x, x, { heads: 3, form: "plain" }), /with 3 heads/],
	[
		"attention with a bias",
		(g, x) => g.attention(x, x, x, { heads: 2, form: "plain", bias: g.input("b", "float32", [5]) }),
		/bias is \[5\], the scores are \[n, 2, 3, 3\]/,
	],
	[
		"attention over a length",
		(g, x) => g.attention(x, x, x, { heads: 2, form: "plain", length: g.input("l", "int64", [2]) }),
		/length is int64 \[2\]/,
	],
	[
		"rotary",
		(g, x) =>
			g.rotary(x, g.input("c", "float32", [3, 2]), g.input("s", "float32", [3, 1]), { heads: 1, interleaved: true }),
		/\[3, 2\], float32 \[3, 1\]/,
	],
	[
		"conv",
		(g, x) => g.conv(x, g.input("w", "float32", [2, 4, 3])),
		/a kernel of float32 \[2, 4, 3\] do not go together/,
	],
	[
		"conv with too large a kernel",
		(g, x) => g.conv(x, g.input("w", "float32", [2, 3, 5])),
		/a window of 5 does not fit axis 2/,
	],
	[
		"conv with a bias",
		(g, x) => g.conv(x, g.input("w", "float32", [2, 3, 3]), g.input("b", "float32", [3])),
		/bias is \[3\], not \[2\]/,
	],
	[
		"conv with pads of too many axes",
		(g, x) => g.conv(x, g.input("w", "float32", [2, 3, 3]), undefined, { pads: [1, 1, 1] }),
		/\[1, 1, 1\] is not one number/,
	],
	["convTranspose", (g, x) => g.convTranspose(x, g.input("w", "float32", [2, 3, 3])), /do not go together/],
	["resize", (g, x) => g.resize(x, { sizes: [2, 2], mode: "linear", coordinates: "half_pixel" }), /1 sizes or scales/],
	[
		"resize by a factor that is not known to fit",
		(g) =>
			g.resize(g.input("y", "float32", [1, 1, "h"]), { scales: [1.5], mode: "nearest", coordinates: "asymmetric" }),
		/h times 1.5 is not known/,
	],
	["pixelShuffle", (g) => g.pixelShuffle(g.input("y", "float32", [1, 6, 2, 2]), 2), /no 2 times 2 channels/],
	[
		"gridSample",
		(g, x) => g.gridSample(x, x, { mode: "linear", padding: "zeros", alignCorners: true }),
		/cannot be read at/,
	],
	["pad", (g, x) => g.pad(x, [-3, -3]), /cuts off more/],
	["reshape", (g, x) => g.reshape(x, [5, -1]), /\[n, 3, 4\] is not \[5, -1\]/],
	["reshape to other names", (g, x) => g.reshape(x, ["m", 12]), /is not \[m, 12\]/],
	["transpose", (g, x) => g.transpose(x, [0, 2]), /no order of the axes/],
	["concat", (g, x) => g.concat([x, g.input("y", "float32", ["n", 2, 5])], 1), /do not join along axis 1/],
	["concat of nothing", (g) => g.concat([], 0), /nothing to join/],
	["slice backwards", (g, x) => g.slice(x, 1, 2, 1), /is nothing/],
	["slice by a value without a name", (g, x) => g.slice(x, 1, g.input("i", "int64", [1]), 3), /has no length/],
	["slice with a step back", (g, x) => g.slice(x, 1, 0, 3, -1), /step of -1/],
	["split", (g, x) => g.split(x, [1, 1], 1), /not \[1, 1\] together/],
	["expand", (g, x) => g.expand(x, [2, 3, 4]), /cannot be stretched/],
	["squeeze", (g, x) => g.squeeze(x, [1]), /not all of length 1/],
	["gather by numbers that are no places", (g, x) => g.gather(x, x, 0), /its indices are float32/],
	["scatterND", (g, x) => g.scatterND(x, g.input("i", "int64", [2, 1]), x), /ScatterND/],
	["tensorScatter", (g, x) => g.tensorScatter(x, x, undefined, { axis: 0 }), /along axis 0/],
	["topK", (g, x) => g.topK(x, 9, 1), /9 of \[n, 3, 4\]/],
	["assume", (g, x) => g.assume(x, ["n", 3, 5]), /\[n, 3, 4\] is not \[n, 3, 5\]/],
	["a name that no input has", (g, x) => g.dims(["m*2"], x), /no input of the graph has an axis of length m/],
];

test.each(cases)("%s", (_, build, reason) => {
	const g = new Graph("g");
	const x = g.input("x", "float32", ["n", 3, 4]);
	expect(() => g.scope("block", () => build(g, x))).toThrow(
		expect.objectContaining({ code: "graph/shape", message: expect.stringMatching(reason) }),
	);
	expect(() => g.matmul(x, x)).toThrow(/^MatMul at g does not fit/);
});

test("mistakes of a programmer are TypeErrors", () => {
	const g = new Graph("g");
	const x = g.input("x", "float32", [2]);
	g.output("y", g.neg(x));
	expect(() => g.input("x", "float32", [2])).toThrow(TypeError);
	expect(() => g.output("y", x)).toThrow(TypeError);
	expect(() => g.output("x", g.neg(x))).toThrow(TypeError);
	expect(() => new Graph("other").neg(x)).toThrow(/belongs to another graph/);
	expect(() => g.constant("float32", [3], [1, 2])).toThrow(TypeError);
});
