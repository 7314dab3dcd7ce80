import { Engine, Graph, type Tensor } from "mutoscope/inference";
import { expect, test } from "vitest";

const PIXELS = [10, 20, 30, 40, 50, 60, 70, 80];

/** What a graph makes of two pixels, a frame 2 wide and 1 high. */
async function made(draw: (graph: Graph) => void): Promise<number[]> {
	await using engine = await Engine.open({ provider: "cpu", threads: 1 });
	const graph = new Graph("frames");
	draw(graph);
	await using model = await engine.model(graph);
	using frames = engine.tensor("uint8", [1, 1, 2, 4], PIXELS);
	using y = (await model.run({ frames })).y as Tensor;
	return Array.from(y.data, Number);
}

test("frames become pictures, a colour after the other, without alpha", async () => {
	const values = await made((graph) => {
		const pictures = graph.fromRgba(graph.input("frames", "uint8", [1, 1, 2, 4]), "float32");
		expect(pictures.shape).toEqual([1, 3, 1, 2]);
		graph.output("y", pictures);
	});
	expect(values).toEqual([10, 50, 20, 60, 30, 70]);
});

test("pictures become opaque frames again, the same bytes", async () => {
	const values = await made((graph) => {
		const pictures = graph.fromRgba(graph.input("frames", "uint8", [1, 1, 2, 4]), "float32");
		graph.output("y", graph.toRgba(graph.div(pictures, 255), { rounding: "nearest" }));
	});
	expect(values).toEqual(PIXELS.map((byte, i) => (i % 4 === 3 ? 255 : byte)));
});

test.each([
	["nearest", [204, 204, 204, 255, 255, 255, 255, 255]],
	["down", [203, 203, 203, 255, 255, 255, 255, 255]],
] as const)(
	"grey pictures have three equal colours; what lies outside is cut off; rounded %s",
	async (rounding, bytes) => {
		const values = await made((graph) => {
			graph.input("frames", "uint8", [1, 1, 2, 4]);
			graph.output("y", graph.toRgba(graph.constant("float32", [1, 1, 1, 2], [203.7 / 255, 7]), { rounding }));
		});
		expect(values).toEqual(bytes);
	},
);

test("what is no frame and no picture is refused with its shape", () => {
	const graph = new Graph("frames");
	const x = graph.input("x", "float32", [1, 2, 4, 4]);
	expect(() => graph.fromRgba(x, "float32")).toThrow("float32 [1, 2, 4, 4]");
	expect(() => graph.toRgba(x, { rounding: "down" })).toThrow("[1, 2, 4, 4]");
});
