import type { Emit } from "./emit.ts";
import { adapters } from "./pocket/adapters.ts";
import { drift } from "./pocket/drift.ts";
import { follows } from "./pocket/follows.ts";
import { footage } from "./pocket/footage.ts";
import { guidance } from "./pocket/guidance.ts";
import { Judge } from "./pocket/judge.ts";
import { PocketModel } from "./pocket/model.ts";
import type { Player } from "./pocket/player.ts";
import { type Prompts, readPrompts } from "./pocket/prompts.ts";
import { restarts, variety } from "./pocket/seeds.ts";
import { speeds } from "./pocket/speeds.ts";
import { switches } from "./pocket/switches.ts";
import { beside, readTruth, writeTruth } from "./pocket/truth.ts";
import { World } from "./pocket/world.ts";

/**
 * What `pocket` promises of its pictures, from the pictures alone. `--world=PYTHON` looks at the world that it was trained
 * on instead, which is what the measures can see at most, and writes that down; `--only=WORD` at one part, `--mistakes` tells what was wrong.
 */
export async function run(emit: Emit): Promise<void> {
	const words = process.argv.join(" ");
	const python = /--world=(\S+)/.exec(words)?.[1];
	const only = /--only=(\S+)/.exec(words)?.[1];
	const prompts = await readPrompts();
	const truth = await readTruth();
	const measured: Record<string, number> = {};
	const told: Emit = python
		? (figure) => {
				measured[figure.name] = Number(figure.value.toPrecision(4));
				emit(figure);
			}
		: beside(truth, emit);
	await using judge = await Judge.open();
	const parts = { ...common(told, judge, prompts), ...(python ? {} : ofModel(told, judge, prompts)) };
	for (const [name, part] of Object.entries(parts)) {
		if (only !== undefined && only !== name) continue;
		await using player: Player = python ? new World(python) : await PocketModel.open();
		await part(player);
	}
	if (python) await writeTruth(truth, measured);
}

/** What the world can do as well as the model. */
function common(emit: Emit, judge: Judge, prompts: Prompts): Record<string, (player: Player) => Promise<void>> {
	return {
		follows: (player) => follows(emit, player, judge, prompts),
		speeds: (player) => speeds(emit, player, prompts),
		switches: (player) => switches(emit, player, judge, prompts),
		variety: (player) => variety(emit, player, prompts),
		drift: (player) => drift(emit, player, judge, prompts),
	};
}

/** What only a model has. These open it as they need it. */
function ofModel(emit: Emit, judge: Judge, prompts: Prompts): Record<string, () => Promise<void>> {
	return {
		restarts: () => restarts(emit, prompts),
		guidance: () => guidance(emit, prompts),
		adapters: () => adapters(emit, prompts),
		footage: () => footage(emit, judge, prompts),
	};
}
