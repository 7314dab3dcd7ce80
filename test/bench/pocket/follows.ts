import type { Emit } from "../emit.ts";
import { best, type Judge } from "./judge.ts";
import { along, axisOf } from "./measures/axis.ts";
import { isFigure, isGround, rolesOf } from "./measures/colours.ts";
import { type Grey, MOTIONS, rateOf } from "./measures/motion.ts";
import type { Small } from "./measures/picture.ts";
import { isPulse } from "./measures/pulse.ts";
import { centreOf, seedOf } from "./places.ts";
import { film, type Player } from "./player.ts";
import type { Prompt, Prompts } from "./prompts.ts";

/** Chunks of a stream that is looked at. */
const CHUNKS = 5;
/** Pictures that motion is read from. */
const MOVING = 12;
const CHUNK = 4;
/** Chunks whose last pictures the judge is shown. */
const SHOWN = 4;
/** Pictures of a pulse at medium speed. */
const PULSE = 24;
const SPEEDS = { slow: 0.4, medium: 1, fast: 1.8 };

/** Whether what words ask for is to be seen: pattern, colours, motion, on combinations that no training had. */
export async function follows(emit: Emit, player: Player, judge: Judge, { prompts, colours }: Prompts): Promise<void> {
	const right = { figure: 0, ground: 0, pattern: 0, motion: 0 };
	const mistakes: string[] = [];
	for (const [i, prompt] of prompts.entries()) {
		const seed = seedOf(i);
		const pictures = await film(player, [{ prompt, chunks: chunksFor(prompt) }], seed);
		// Whatever comes later is for a pulse to be seen whole.
		const early = pictures.slice(0, pictures.length - CHUNK * (chunksFor(prompt) - CHUNKS));
		const last = early.at(-1) as Small;
		const roles = rolesOf(last, prompt, colours);
		const shown = early.filter((_, k) => (early.length - 1 - k) % CHUNK === 0).slice(-SHOWN);
		const pattern = best(await judge.look(shown));
		const seen = {
			figure: isFigure(roles, prompt, colours),
			ground: isGround(roles, prompt, colours),
			pattern: pattern === prompt.pattern,
			motion: moves(pictures, prompt, seed),
		};
		for (const key of ["figure", "ground", "pattern", "motion"] as const) {
			if (seen[key]) right[key]++;
			else mistakes.push(`${key}: ${prompt.text}${key === "pattern" ? ` → ${pattern}` : ""}`);
		}
	}
	const conditions = `${prompts.length} prompts whose combination was not trained, ${player.name}`;
	const shares = { figure: 90, ground: undefined, pattern: 80, motion: 80 };
	const names = {
		figure: "hue of the figure right",
		ground: "hue of the ground right",
		pattern: "pattern right",
		motion: "direction of motion right",
	};
	for (const key of ["figure", "ground", "pattern", "motion"] as const) {
		const value = (100 * right[key]) / prompts.length;
		const limit = shares[key];
		emit({ name: names[key], value, unit: "%", ...(limit && { limit }), better: "more", conditions });
	}
	if (process.argv.includes("--mistakes")) process.stderr.write(`${mistakes.join("\n")}\n`);
}

/** Whether pictures move as a prompt says: which way, or to and fro. */
function moves(pictures: readonly Small[], prompt: Prompt, seed: number): boolean {
	if (prompt.motion === "pulse") return isPulse(greys(pictures.slice(-pulseLength(prompt))));
	const [generator, sign] = MOTIONS[prompt.motion] ?? [];
	if (!generator || !sign) throw new Error(`nobody can measure ${prompt.motion}`);
	return sign * rateOf(greys(pictures.slice(-MOVING)), generator, centreOf(seed)) > 0;
}

/** Pictures along their common axis of colours. */
export function greys(pictures: readonly Small[]): Grey[] {
	const axis = axisOf(pictures);
	return pictures.map((picture) => ({ ...picture, values: along(axis, picture) }));
}

function chunksFor(prompt: Prompt): number {
	return prompt.motion === "pulse" ? Math.max(CHUNKS, 1 + pulseLength(prompt) / CHUNK) : CHUNKS;
}

/** Pictures of one pulse, a whole number of chunks. */
function pulseLength({ speed }: Prompt): number {
	return CHUNK * Math.ceil(PULSE / SPEEDS[speed] / CHUNK);
}
