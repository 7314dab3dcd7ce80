import { readFile } from "node:fs/promises";
import type { Emit } from "../emit.ts";
import { differing } from "./guidance.ts";
import type { Picture } from "./measures/picture.ts";
import { STYLES } from "./measures/style.ts";
import { PocketModel } from "./model.ts";
import { seedOf } from "./places.ts";
import type { Prompts } from "./prompts.ts";

const CHUNKS = 4;
const SAID = new URL("../../../pipelines/wan/pocket/loras/styles.json", import.meta.url);

interface Style {
	readonly name: string;
	score(pictures: readonly Picture[]): number;
	/** The score of pictures that the LoRA was trained on. */
	readonly itself: number;
}

/** Streams that a style is measured on. */
const STREAMS = 4;

/** The shipped LoRAs: none of it at scale 0, their styles at 1, two styles of two. */
export async function adapters(emit: Emit, prompts: Prompts): Promise<void> {
	await using model = await PocketModel.open({ merge: "runtime_peft" });
	const plain = await pictures(model, prompts, []);
	const conditions = `${STREAMS} prompts, ${CHUNKS} chunks, ${model.name}`;
	const styles = await readStyles();
	for (const style of styles) {
		const { name } = style;
		const none = await pictures(model, prompts, [{ name, scale: 0 }]);
		emit({
			name: `LoRA ${name} at 0 against none`,
			value: differing(plain, none),
			unit: "bytes",
			limit: 0,
			conditions,
		});
		for (const [scale, limit] of [
			[0.5, undefined],
			[1, 50],
		] as const) {
			const value = way(style, plain, await pictures(model, prompts, [{ name, scale }]));
			const what = `LoRA ${name} at ${scale}: way to its style`;
			emit({ name: what, value, unit: "%", ...(limit && { limit }), better: "more", conditions });
		}
	}
	for (const [i, one] of styles.entries()) {
		for (const other of styles.slice(i + 1)) {
			const both = await pictures(model, prompts, [
				{ name: one.name, scale: 1 },
				{ name: other.name, scale: 1 },
			]);
			const value = Math.min(way(one, plain, both), way(other, plain, both));
			const name = `LoRAs ${one.name} and ${other.name}: way to the style that is seen less`;
			emit({ name, value, unit: "%", limit: 25, better: "more", conditions });
		}
	}
}

/** How much of the way to a style's own score lies between two films, in per cent. */
function way({ score, itself }: Style, plain: readonly Picture[], styled: readonly Picture[]): number {
	const before = score(plain);
	return (100 * (score(styled) - before)) / (itself - before);
}

async function readStyles(): Promise<Style[]> {
	const said = JSON.parse(await readFile(SAID, "utf8")) as Record<string, { itself: number }>;
	return Object.entries(STYLES).map(([name, score]) => ({ name, score, itself: said[name]?.itself ?? 1 }));
}

/** The last chunks of a few streams. */
async function pictures(
	model: PocketModel,
	{ varied }: Prompts,
	lora: readonly { readonly name: string; readonly scale: number }[],
): Promise<Picture[]> {
	const seen: Picture[] = [];
	for (const [i, prompt] of varied.slice(0, STREAMS).entries()) {
		let last: readonly Picture[] = [];
		const slots = lora.map(({ name, scale }) => ({ name: `pocket/${name}`, scale }));
		for await (const chunk of model.play([{ prompt, chunks: CHUNKS }], seedOf(i), { lora: slots })) last = chunk;
		seen.push(...last);
	}
	return seen;
}
