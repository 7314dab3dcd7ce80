import type { Engine, Tensor } from "mutoscope/inference";
import type { Opened } from "../cache/kv-cache.ts";
import type { Policy } from "../policy/plan.ts";
import { type Fade, keyBias } from "./bias.ts";
import type { TurnTable } from "./turn-table.ts";

/** Inputs that a pass makes for itself, and frees, and those that it borrows. */
export interface PassFeeds {
	readonly own: Readonly<Record<string, Tensor>>;
	readonly borrowed: Readonly<Record<string, Tensor>>;
}

/** What the transformer is told of its cache. */
export function cacheFeeds(
	engine: Engine,
	opened: Opened,
	{ policy, tokens, turns, fade }: { policy: Policy; tokens: number; turns: TurnTable; fade: Fade },
): PassFeeds {
	const { places, rows, masked, attended } = opened;
	const own: Record<string, Tensor> = { places: engine.tensor("int64", [places.length, 1], places) };
	if (masked) {
		own.bias = engine.tensor(engine.provider.dtype, [1, 1, 1, rows], keyBias(opened, tokens, fade));
	}
	if (policy.keys === "turned") return { own, borrowed: {} };
	// Positions count along the policy's order; rows that are not attended to may stand anywhere.
	const positions = new Array<number>(Math.ceil(rows / tokens)).fill(0);
	for (const [position, place] of attended.entries()) positions[place] = position;
	const { cos, sin } = turns.of(positions, rows);
	return { own, borrowed: { "cache.cos": cos, "cache.sin": sin } };
}
