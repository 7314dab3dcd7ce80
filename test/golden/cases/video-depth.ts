import { Graph, Layers, type Tensor, type Value } from "mutoscope/inference";
import * as z from "zod";
import { type NetworkOptions, network } from "../../../pipelines/video-depth-anything/graph.ts";
import { DepthMemory } from "../../../pipelines/video-depth-anything/memory.ts";
import { type CaseFolder, type CaseKind, pictureType } from "../case.ts";
import { compare } from "../compare.ts";
import { runOnce, watching } from "../inside.ts";

const schema = z.object({
	hidden_states: z.array(z.tuple([z.int(), z.literal(1), z.int()])).optional(),
	backbone: z.object({
		patch_size: z.literal(14),
		num_heads: z.int(),
		ffn_layer: z.literal("mlp"),
		num_register_tokens: z.literal(0),
		interpolate_antialias: z.literal(false),
		interpolate_offset: z.literal(0.1),
	}),
	head: z.object({ use_bn: z.literal(false), use_clstoken: z.literal(false), pe: z.literal("ape") }),
	taps: z.tuple([z.int(), z.int(), z.int(), z.int()]),
});

/** As the case's README says. */
const LIMIT = 2e-4;

/** Video Depth Anything: the tapped layers, a clip as a whole, and a stream in which each frame sees the one before. */
export const kind: CaseKind = {
	name: "video-depth",
	matches: (config) => schema.safeParse(config).success,
	async *run(folder, engine) {
		const { taps, backbone, hidden_states } = folder.read(schema);
		const config = { heads: backbone.num_heads, taps };
		const weights = await folder.weights();
		const positions = await weights.read("pretrained.pos_embed");
		const common = { config, positions, attention: engine.provider.attention };
		const { shape } = folder.tensor("frames");
		const frames = folder.floats("frames");
		const [, count = 0, ...picture] = shape;

		const draw = (now: number, options: NetworkOptions) => {
			const graph = new Graph("video-depth");
			const pictures = graph.cast(graph.input("frames", "float32", [now, ...picture]), pictureType(engine));
			const drawn = network(new Layers(graph, weights), pictures, options);
			graph.output("depth", drawn.depth);
			return { graph, memories: drawn.memories };
		};
		const watch = watching(taps.map((tap) => `tap.${tap}`));
		const observe = (graph: Graph, name: string, value: Value) => watch(graph, name, graph.cast(value, "float32"));
		using clip = engine.tensor("float32", [count, ...picture], frames);
		const whole = await runOnce(engine, draw(count, { ...common, past: 0, observe }).graph, { frames: clip });
		for (const [i, tap] of taps.entries()) {
			for (const [name, frame] of tapped(folder, i)) {
				const expected = folder.floats(name);
				const from = frame * expected.length;
				const ours = whole.get(`tap.${tap}`)?.subarray(from, from + expected.length) ?? [];
				yield compare(name, ours, expected, LIMIT);
			}
		}
		yield compare("depth_clip", whole.get("depth") ?? [], folder.floats("depth_clip"), LIMIT);

		const { graph, memories } = draw(1, { ...common, past: 1 });
		const sizes = memories.flatMap(({ shape }) => shape);
		if (hidden_states) yield compare("hidden_states", sizes, hidden_states.flat(), 0);
		await using model = await engine.model(graph);
		using memory = new DepthMemory(engine);
		const area = picture.reduce((product, length) => product * length);
		for (let t = 0; folder.has(`depth_stream${t}`); t++) {
			using feed = engine.tensor("float32", [1, ...picture], frames.subarray(t * area, (t + 1) * area));
			const { past, own } = memory.feeds(memories, 1);
			const outputs = await model.run({ frames: feed, ...past, ...own });
			for (const tensor of Object.values(own)) tensor.dispose();
			memory.keep(outputs, 1);
			using depth = outputs.depth as Tensor;
			yield compare(`depth_stream${t}`, depth.data as Float32Array, folder.floats(`depth_stream${t}`), LIMIT);
		}
	},
};

/** The stored tokens of a tapped layer, and of which frame they are. */
function* tapped(folder: CaseFolder, i: number): Generator<[string, number]> {
	for (const name of folder.names) {
		const [, layer, frame] = /^backbone(\d+)_frame(\d+)$/.exec(name) ?? [];
		if (Number(layer) === i) yield [name, Number(frame)];
	}
}
