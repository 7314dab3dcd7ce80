import { type Knobs, open, valuesOf } from "../plugins/cellular-automata/play.ts";
import type { Emit } from "./emit.ts";

const WARM = 60;
const FRAMES = 240;

/** How fast cellular automata are made, all in: a generation, glow, colours, pixels. */
export async function automata(emit: Emit): Promise<void> {
	const square = { width: 512, height: 512, cell: 1, speed: 60, fps: 60 };
	const discrete: Record<string, Knobs> = {
		life: { system: "life" },
		"generations (star-wars)": { system: "generations" },
		"cyclic (range 1)": { system: "cyclic" },
		"cyclic (range 3)": { system: "cyclic", cyclic: { states: 5, threshold: 8, range: 3, neighbourhood: "moore" } },
		"elementary (106)": { system: "elementary" },
	};
	for (const [name, knobs] of Object.entries(discrete)) {
		const value = 1 / (await secondsOf({ ...square, ...knobs }));
		const conditions = "512×512 cells, a generation a frame, one core (frames per second of CPU time)";
		emit({ name: `automata: ${name}`, value, unit: "fps", limit: 60, better: "more", conditions });
	}
	const lenia = 1 / (await secondsOf({ ...square, width: 256, height: 256, system: "lenia" }));
	const conditions = "256×256 cells, R 13, a generation a frame, one core (frames per second of CPU time)";
	emit({ name: "automata: lenia", value: lenia, unit: "fps", limit: 24, better: "more", conditions });
	const show = valuesOf();
	const share = 100 * show.fps * (await secondsOf({}));
	const defaults = `${show.width}×${show.height}@${show.fps}, ${show.system}, cells of ${show.cell} px, ${show.speed} generations/s`;
	emit({ name: "automata: the default show", value: share, unit: "% of a core", conditions: defaults });
}

/** CPU seconds that a frame takes. */
async function secondsOf(knobs: Knobs): Promise<number> {
	const values = valuesOf(knobs);
	const player = await open(values);
	for (let i = 0; i < WARM; i++) (await player.next(values)).close();
	const before = process.cpuUsage();
	for (let i = 0; i < FRAMES; i++) (await player.next(values)).close();
	const { user, system } = process.cpuUsage(before);
	await player.close();
	return (user + system) / 1e6 / FRAMES;
}
