import type { Emit } from "../emit.ts";
import type { Judge } from "./judge.ts";
import { contrastOf, saturationOf } from "./measures/look.ts";
import { small } from "./measures/picture.ts";
import { seedOf } from "./places.ts";
import type { Player } from "./player.ts";
import type { Prompts } from "./prompts.ts";

const CHUNKS = 1000;
/** Chunks that are compared with the last ones, as many. */
const EARLY = [10, 110] as const;

/**
 * A stream that goes on for a thousand chunks with one prompt: how much it changes in what ought to stay. `--prompt=N` takes
 * another prompt than the first of the plain ones.
 */
export async function drift(emit: Emit, player: Player, judge: Judge, { varied }: Prompts): Promise<void> {
	const number = Number(/--prompt=(\d+)/.exec(process.argv.join(" "))?.[1] ?? 0);
	const prompt = varied[number % varied.length];
	if (!prompt) throw new Error("there are no prompts");
	const early = { confidence: 0, contrast: 0, saturation: 0 };
	const late = { ...early };
	const length = EARLY[1] - EARLY[0];
	let chunk = 0;
	for await (const pictures of player.play([{ prompt, chunks: CHUNKS }], seedOf(0))) {
		const at = chunk++;
		const sums = at >= EARLY[0] && at < EARLY[1] ? early : at >= CHUNKS - length ? late : undefined;
		const last = pictures.at(-1);
		if (!sums || !last) continue;
		const picture = small(last);
		sums.confidence += ((await judge.look([picture]))[prompt.pattern] ?? 0) / length;
		sums.contrast += contrastOf(picture) / length;
		sums.saturation += saturationOf(picture) / length;
	}
	for (const key of ["confidence", "contrast", "saturation"] as const) {
		const value = Math.abs(100 * (late[key] / early[key] - 1));
		const conditions = `“${prompt.text}”, the last ${length} of ${CHUNKS} chunks, ${late[key].toFixed(3)}, against chunks ${EARLY.join("–")}, ${early[key].toFixed(3)}, ${player.name}`;
		emit({ name: `drift of ${key}`, value, unit: "%", limit: 15, conditions });
	}
}
