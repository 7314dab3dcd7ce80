import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Emit } from "../emit.ts";
import { type Small, spread } from "./measures/picture.ts";
import { hashOf } from "./pixels.ts";
import { seedOf } from "./places.ts";
import { film, type Player } from "./player.ts";
import type { Prompt, Prompts } from "./prompts.ts";

const SEEDS = 16;

/** Whether seeds differ as scenes of the world do. */
export async function variety(emit: Emit, player: Player, { varied }: Prompts): Promise<void> {
	const shares: number[] = [];
	for (const prompt of varied) {
		const pictures: Small[] = [];
		for (let i = 0; i < SEEDS; i++) {
			const last = (await film(player, [{ prompt, chunks: 1 }], seedOf(i))).at(-1);
			if (last) pictures.push(last);
		}
		shares.push(spread(pictures) / prompt.variety);
	}
	const conditions = `${SEEDS} seeds of each of ${varied.length} prompts, ${player.name}`;
	const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
	const name = "distance of seeds over that of training scenes";
	emit({ name: `${name}, mean`, value: mean, unit: "", better: "more", conditions });
	emit({ name: `${name}, least`, value: Math.min(...shares), unit: "", limit: 0.5, better: "more", conditions });
}

/** Whether the same seed gives the same pixels in another process. */
export async function restarts(emit: Emit, { varied }: Prompts): Promise<void> {
	const prompt = varied[0] as Prompt;
	const child = fork(fileURLToPath(new URL("pixels.child.ts", import.meta.url)), [JSON.stringify(prompt)], {
		execArgv: ["--conditions=mutoscope:source"],
	});
	const [theirs] = await once(child, "message");
	const ours = await hashOf(prompt);
	const conditions = "6 chunks, SHA-256 of all pixels, two processes";
	emit({ name: "pixels that change with a restart", value: theirs === ours ? 0 : 1, unit: "", limit: 0, conditions });
}
