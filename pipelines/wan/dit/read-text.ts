import type { Engine } from "mutoscope/inference";
import type { Adapters } from "./adapters.ts";
import type { Sessions } from "./sessions.ts";
import { drainTaps } from "./taps.ts";
import { shortened, TextKeys, textPlaces, textTensors } from "./text-keys.ts";

/** How a text is read. */
interface ReadOptions {
	readonly adapters: Adapters;
	/** Whether padding is taken together. */
	readonly shorten: boolean;
}

/** What a transformer, and its VACE branch, make of a text's embeddings [tokens, textDim]. */
export async function readText(
	engine: Engine,
	sessions: Sessions,
	embeddings: Float32Array,
	{ adapters, shorten }: ReadOptions,
): Promise<TextKeys> {
	const { config, vace } = sessions.parts;
	const text = shorten ? shortened(embeddings, config.textDim) : { embeddings, padding: 1 };
	const rows = text.embeddings.length / config.textDim;
	using context = engine.tensor("float32", [rows, config.textDim], text.embeddings);
	const model = await sessions.text();
	const lora = await adapters.feeds(sessions.targetsOf(model));
	const main = await model.run({ context, ...lora }, {}, { place: textPlaces(config.layers) });
	const taps = drainTaps(main);
	const layers = vace?.layers.length ?? 0;
	const other = vace
		? await (await sessions.vaceText()).run({ context }, {}, { place: textPlaces(layers) })
		: undefined;
	const { padding } = text;
	const counts = new Float32Array(rows).fill(Math.log(padding), rows - 1);
	const bias = padding > 1 ? engine.tensor(engine.provider.dtype, [1, 1, 1, rows], counts) : undefined;
	const others = other ? { vace: textTensors(other, layers, bias) } : {};
	return new TextKeys(textTensors(main, config.layers, bias), { ...others, padding, taps });
}
