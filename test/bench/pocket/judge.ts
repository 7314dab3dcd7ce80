import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Engine, Graph, Layers, type Model, Weights } from "mutoscope/inference";
import { SIDE, type Small } from "./measures/picture.ts";

const FILE = new URL("judge.safetensors", import.meta.url);
const LAYERS = 4;

/** What the judge says of pictures: how sure it is of each pattern, together 1. */
export type Verdict = Readonly<Record<string, number>>;

/** A small network that names the pattern of a picture by its shapes. It was trained on the model's world, not on its pictures. */
export class Judge implements AsyncDisposable {
	/** The share of pictures of the world that it names rightly, as measured when it was trained. */
	readonly accuracy: number;
	readonly #engine: Engine;
	readonly #model: Model;
	readonly #patterns: readonly string[];

	private constructor(engine: Engine, model: Model, { patterns, accuracy }: { patterns: string[]; accuracy: number }) {
		this.#engine = engine;
		this.#model = model;
		this.#patterns = patterns;
		this.accuracy = accuracy;
	}

	static async open(): Promise<Judge> {
		const weights = await Weights.open(fileURLToPath(FILE));
		const engine = await Engine.open({ provider: "cpu", threads: 1 });
		const model = await engine.model(drawn(weights));
		const about = JSON.parse(await readFile(new URL("judge.json", import.meta.url), "utf8"));
		return new Judge(engine, model, about as { patterns: string[]; accuracy: number });
	}

	/** The mean of what it says of each of the pictures, all 64 by 64. */
	async look(pictures: readonly Small[]): Promise<Verdict> {
		const area = SIDE * SIDE;
		using input = this.#engine.tensor("float32", [pictures.length, 3, SIDE, SIDE]);
		const planes = input.data as Float32Array;
		for (const [n, { values }] of pictures.entries()) {
			for (let i = 0; i < 3 * area; i++)
				planes[3 * area * n + (i % 3) * area + Math.floor(i / 3)] = values[i] as number;
		}
		const { said } = await this.#model.run({ pictures: input });
		using shares = said as NonNullable<typeof said>;
		const sums = this.#patterns.map((_, k) =>
			pictures.reduce((sum, _, n) => sum + ((shares.data as Float32Array)[n * this.#patterns.length + k] ?? 0), 0),
		);
		return Object.fromEntries(this.#patterns.map((name, k) => [name, (sums[k] as number) / pictures.length]));
	}

	[Symbol.asyncDispose](): Promise<void> {
		return this.#engine[Symbol.asyncDispose]();
	}
}

/** The pattern that it is surest of. */
export function best(verdict: Verdict): string {
	return Object.keys(verdict).reduce((one, other) => ((verdict[other] ?? 0) > (verdict[one] ?? 0) ? other : one));
}

/** Four convolutions that halve the picture, the mean over it, and a linear layer. */
function drawn(weights: Weights): Graph {
	const graph = new Graph("judge");
	const layers = new Layers(graph, weights);
	let x = graph.sub(graph.input("pictures", "float32", ["pictures", 3, SIDE, SIDE]), 0.5);
	for (let i = 0; i < LAYERS; i++) x = graph.relu(layers.conv(x, `conv.${i}`, { strides: 2, pads: 1 }));
	graph.output("said", graph.softmax(layers.linear(graph.reduceMean(x, [2, 3]), "head"), 1));
	return graph;
}
