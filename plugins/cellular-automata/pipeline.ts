import { definePipeline, monotonic } from "mutoscope/sdk";
import { params } from "./params.ts";
import { Screen } from "./show/screen.ts";
import { Stir } from "./stir.ts";
import { World } from "./world.ts";

/**
 * Cellular automata: worlds of cells that live by one rule, glowing on as they die.
 *
 * A frame is 1/fps seconds of the world's time however long it took to make: same seed and knobs, same pictures.
 */
export const pipeline = definePipeline({
	id: "cellular-automata",
	title: "Cellular automata",
	description: "Life, Generations, cyclic and elementary automata, Lenia and reaction-diffusion; stirred by video.",
	source:
		"Conway 1970; Wolfram 1983; Fisch, Gravner, Griffeath 1991; Pearson 1993, Science 261; Chan 2019, arXiv 1812.05433",
	modes: ["text", "video"],
	params,
	open({ params: { width, height }, params: initial, frame, log }) {
		const size = { width, height };
		const world = new World(size, initial, log);
		const screen = new Screen(size);
		let stir: { grid: object; video: Stir } | undefined;
		let last = initial;
		return Promise.resolve({
			input: { width: Math.ceil(width / 4), height: Math.ceil(height / 4) },
			demand: ({ stir }) => ({ frames: stir > 0 ? 1 : 0, wait: false }),
			rate: ({ fps }) => fps,
			generate({ frames }, values, _turn, signal) {
				try {
					signal.throwIfAborted();
					last = values;
					const seconds = 1 / values.fps;
					const newest = frames.at(-1);
					world.turn(values);
					const { size: grid } = world.automaton;
					if (newest && values.stir > 0) {
						if (stir?.grid !== grid) stir = { grid, video: new Stir(grid) };
						stir.video.apply(world.automaton, newest, {
							amount: values.stir ** 2,
							by: values.stirBy,
							threshold: values.stirThreshold,
							random: world.random,
						});
					}
					world.pass(values, seconds, signal);
					const made = frame(size, { captured: newest?.captured ?? monotonic() });
					screen.paint(world.automaton, world.cell, values, seconds, made.data);
					return { frames: [made] };
				} finally {
					for (const used of frames) used.close();
				}
			},
			reset() {
				world.reset(last);
				screen.clear();
				stir = undefined;
			},
			[Symbol.asyncDispose]: () => Promise.resolve(),
		});
	},
});
