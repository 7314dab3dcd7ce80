import type { Emit } from "../emit.ts";
import { best, type Judge } from "./judge.ts";
import { isFigure, isGround, rolesOf } from "./measures/colours.ts";
import { type Small, small } from "./measures/picture.ts";
import { seedOf } from "./places.ts";
import type { Player } from "./player.ts";
import type { Prompts } from "./prompts.ts";

/** Chunks from one prompt to the next. */
const EVERY = 10;
/** Chunks after a switch at whose last picture is looked. */
const LOOKS = [1, 2, 5];

type Part = "pattern" | "figure" | "ground";

/** One stream whose prompt is switched again and again: how soon each new one is to be seen whole. */
export async function switches(emit: Emit, player: Player, judge: Judge, prompts: Prompts): Promise<void> {
	const landed = new Map(LOOKS.map((look) => [look, { pattern: 0, figure: 0, ground: 0, whole: 0 }]));
	const arrived = new Set<number>();
	let chunk = 0;
	for await (const pictures of player.play(
		prompts.switches.map((prompt) => ({ prompt, chunks: EVERY })),
		seedOf(0),
	)) {
		const at = Math.floor(chunk / EVERY);
		const counts = landed.get((chunk % EVERY) + 1);
		chunk++;
		const prompt = prompts.switches[at];
		if (at === 0 || !counts || !prompt) continue;
		const picture = small(pictures.at(-1) as NonNullable<(typeof pictures)[0]>);
		const seen = await see(picture, prompt, judge, prompts);
		for (const part of ["pattern", "figure", "ground"] as const) if (seen[part]) counts[part]++;
		if (seen.pattern && seen.figure && seen.ground) {
			counts.whole++;
			arrived.add(at);
		} else if (process.argv.includes("--mistakes")) {
			process.stderr.write(`switch +${chunk % EVERY}: ${prompt.text} ${JSON.stringify(seen)}\n`);
		}
	}
	const count = prompts.switches.length - 1;
	const conditions = `${count} switches, one every ${EVERY} chunks, ${player.name}`;
	for (const [look, counts] of landed) {
		for (const [part, times] of Object.entries(counts)) {
			const name = `switched, ${part === "whole" ? "all three" : part} right after ${look} chunk${look > 1 ? "s" : ""}`;
			emit({ name, value: (100 * times) / count, unit: "%", better: "more", conditions });
		}
	}
	const value = (100 * arrived.size) / count;
	const name = `switches that landed: all three right at one of the looks, ${LOOKS.join(", ")} chunks after`;
	emit({ name, value, unit: "%", limit: 100, better: "more", conditions });
}

async function see(
	picture: Small,
	prompt: Prompts["switches"][number],
	judge: Judge,
	{ colours }: Prompts,
): Promise<Record<Part, boolean>> {
	const roles = rolesOf(picture, prompt, colours);
	return {
		pattern: best(await judge.look([picture])) === prompt.pattern,
		figure: isFigure(roles, prompt, colours),
		ground: isGround(roles, prompt, colours),
	};
}
