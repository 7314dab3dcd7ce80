import { definePipeline } from "mutoscope/sdk";
import * as z from "zod";
import { GENERATOR } from "./artifacts.ts";

/** Bytes that are held for each pixel at the widest place: three pictures of 64 channels. */
const PER_PIXEL = 3 * 64 * 4;
/** Frames of this many pixels are reckoned with. */
const PIXELS = 1280 * 720;

/** Scribble: line drawings of the frames. */
export default definePipeline({
	id: "scribble",
	title: "Scribble",
	description: "Line drawings of the frames. As control video they leave colour and surface to the prompt.",
	source:
		"Chan, Durand and Isola 2022, Learning to generate line drawings that convey geometry and semantics, arXiv 2203.12691.",
	modes: ["video"],
	usage: ["preprocessor"],
	params: z.object({}),
	artifacts: [GENERATOR],
	memory: () => ({ host: PER_PIXEL * PIXELS, device: PER_PIXEL * PIXELS }),
	async open(context, signal) {
		const { Scribble } = await import("./scribble.ts");
		const scribble = await Scribble.open(context, signal);
		return {
			demand: () => ({ frames: 1, wait: true }),
			async generate({ frames }, _values, _turn, signal) {
				const made = await scribble.draw(frames, signal);
				for (const frame of frames) frame.close();
				return { frames: made };
			},
			[Symbol.asyncDispose]: () => scribble[Symbol.asyncDispose](),
		};
	},
});
