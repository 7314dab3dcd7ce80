import type { Emit } from "./emit.ts";
import { drift } from "./pocket/drift.ts";
import { follows } from "./pocket/follows.ts";
import { Judge } from "./pocket/judge.ts";
import { PocketModel } from "./pocket/model.ts";
import type { Player } from "./pocket/player.ts";
import { readPrompts } from "./pocket/prompts.ts";
import { speeds } from "./pocket/speeds.ts";
import { switches } from "./pocket/switches.ts";
import { World } from "./pocket/world.ts";

/** What `pocket` promises of its pictures. `--world=PYTHON` measures the world that it was trained on instead. */
export async function run(emit: Emit): Promise<void> {
	const python = /--world=(\S+)/.exec(process.argv.join(" "))?.[1];
	const prompts = await readPrompts();
	await using judge = await Judge.open();
	await using player: Player = python ? new World(python) : await PocketModel.open();
	await follows(emit, player, judge, prompts);
	await speeds(emit, player, prompts);
	await switches(emit, player, judge, prompts);
	await drift(emit, player, judge, prompts);
}
