import type { LevelAutomaton, StateAutomaton } from "../systems/automaton.ts";

/** Heat of a cell: 0 is cold; what lives is at 2048 or more, and its trail below; 4095 has just been born. */
export const HEAT = 4096;

const ALIVE = HEAT / 2;

/** Where a living cell's heat comes to rest. */
const SETTLED = 2650;

/** Seconds that a phase runs behind, for each second of trail. */
const CHASE = 0.15;

/** How heat moves in one frame. */
export interface Afterglow {
	/** Seconds that a frame is shown. */
	readonly seconds: number;
	/** Seconds until a trail has faded to a twentieth. */
	readonly trail: number;
	/** Seconds until a newborn cell has nearly cooled to that of a settled one. */
	readonly cooling: number;
}

/** Share of the way that is gone in one frame, of a decay that has a twentieth left after `time` seconds. */
function gone(seconds: number, time: number): number {
	return time > 0 ? 1 - Math.exp((-3 * seconds) / time) : 1;
}

/**
 * The next heat for each state and each heat, [states, 4096]: a frame of glowing on is one look-up a cell.
 *
 * Of `phases`, heat is the angle on the circle of states, and it runs after the state on the shorter way.
 */
export function heatTable(
	{ look, states }: Pick<StateAutomaton, "look" | "states">,
	{ seconds, trail, cooling }: Afterglow,
): Uint16Array {
	const table = new Uint16Array(states * HEAT);
	const fade = gone(seconds, look === "phases" ? trail * CHASE : trail);
	const cool = gone(seconds, cooling);
	for (let state = 0; state < states; state++) {
		const level = state < 2 ? 0 : Math.round((ALIVE - 1) * (1 - (state - 1) / (states - 1)));
		const angle = Math.round((state * HEAT) / states);
		for (let heat = 0; heat < HEAT; heat++) {
			let next: number;
			if (look === "phases") {
				const way = ((angle - heat + 1.5 * HEAT) % HEAT) - HEAT / 2;
				next = (heat + towards(way, fade) + HEAT) % HEAT;
			} else if (state === 1) {
				next = heat < ALIVE ? HEAT - 1 : heat + Math.min(0, towards(SETTLED - heat, cool));
			} else {
				const trailing = Math.min(heat, ALIVE - 1);
				next = trailing + Math.min(0, towards(level - trailing, fade));
				if (trailing < level) next = level;
			}
			table[state * HEAT + heat] = next;
		}
	}
	return table;
}

/** A share of the way, rounded, and at least one step if there is any way to go. */
function towards(way: number, share: number): number {
	return Math.sign(way) * Math.ceil(Math.abs(way) * share);
}

/** Lets the heat of every cell glow on for one frame, by the table made for the automaton. */
export function glowOn({ cells }: StateAutomaton, heat: Uint16Array, table: Uint16Array): void {
	for (let i = 0; i < heat.length; i++) {
		heat[i] = table[((cells[i] as number) << 12) | (heat[i] as number)] as number;
	}
}

/** How warm a level is that has not changed for long, against one that has just come. */
const STEADY = 0.68;

/**
 * The same for levels. Where a level rises, heat follows at once and is hotter by how much it rose; where it falls, heat
 * trails. `settled` is what each level was lately, and follows as it cools.
 */
export function glowOnLevels(
	{ levels }: LevelAutomaton,
	heat: Uint16Array,
	settled: Float32Array,
	{ seconds, trail, cooling }: Afterglow,
): void {
	const fade = gone(seconds, trail);
	const cool = gone(seconds, cooling);
	for (let i = 0; i < heat.length; i++) {
		const level = levels[i] as number;
		const risen = level - (settled[i] as number);
		settled[i] = (settled[i] as number) + cool * risen;
		const target = (HEAT - 1) * (STEADY * level + (1 - STEADY) * Math.max(0, Math.min(1, risen * 1.6)));
		const over = (heat[i] as number) - target;
		heat[i] = over <= 0 ? target : target + over * (1 - fade);
	}
}

/** Moves what is shown a share of the way to the heat, so that slow generations melt into one another. */
export function meltInto(shown: Uint16Array, heat: Uint16Array, share: number, circular: boolean): void {
	const part = Math.round(share * 256);
	for (let i = 0; i < shown.length; i++) {
		const from = shown[i] as number;
		const way = (heat[i] as number) - from;
		const short = circular ? (way << 20) >> 20 : way;
		shown[i] = (from + ((short * part + (short > 0 ? 255 : 0)) >> 8)) & (HEAT - 1);
	}
}
