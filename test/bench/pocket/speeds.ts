import type { Emit } from "../emit.ts";
import { greys } from "./follows.ts";
import { MOTIONS, rateOf } from "./measures/motion.ts";
import { centreOf, seedOf } from "./places.ts";
import { film, type Player } from "./player.ts";
import type { Prompt, Prompts } from "./prompts.ts";

const CHUNKS = 5;
const MOVING = 12;

/** Whether slow is slower than nothing said, and fast faster. */
export async function speeds(emit: Emit, player: Player, { triples }: Prompts): Promise<void> {
	let ordered = 0;
	for (const [i, triple] of triples.entries()) {
		const rates: number[] = [];
		for (const prompt of triple) rates.push(await rateFor(player, prompt, seedOf(i)));
		const [slow = 0, medium = 0, fast = 0] = rates;
		if (slow < medium && medium < fast) ordered++;
		else if (process.argv.includes("--mistakes")) {
			process.stderr.write(`speed: ${triple[1].text} ${rates.map((rate) => rate.toFixed(4)).join(" ")}\n`);
		}
	}
	const conditions = `${triples.length} triples of prompts, ${player.name}`;
	const value = (100 * ordered) / triples.length;
	emit({ name: "slow < default < fast", value, unit: "%", limit: 90, better: "more", conditions });
}

async function rateFor(player: Player, prompt: Prompt, seed: number): Promise<number> {
	const [generator, sign] = MOTIONS[prompt.motion] ?? [];
	if (!generator || !sign) throw new Error(`nobody can measure ${prompt.motion}`);
	const pictures = await film(player, [{ prompt, chunks: CHUNKS }], seed);
	return sign * rateOf(greys(pictures.slice(-MOVING)), generator, centreOf(seed));
}
