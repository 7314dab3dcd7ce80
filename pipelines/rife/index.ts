import { definePipeline } from "mutoscope/sdk";
import { FLOWNET } from "./artifacts.ts";
import { params } from "./params.ts";

/** Frames to a call where each is by itself, as Daydream Scope has them. */
const CALL = 12;
/** Bytes that are held for each pixel: pictures, features, flow and what the last stage computes with. */
const PER_PIXEL = 160 * 4;
/** Frames of this many pixels are reckoned with. */
const PIXELS = 1280 * 720;

/** RIFE: twice as many frames. */
export default definePipeline({
	id: "rife",
	title: "RIFE",
	description: "Puts a frame between every two, where things have moved half the way: twice the frame rate.",
	source: "Huang, Zhang, Heng, Shi and Zhou 2022, RIFE, arXiv 2011.06294; model 4.25.",
	modes: ["video"],
	usage: ["postprocessor"],
	params,
	artifacts: [FLOWNET],
	memory: () => ({ host: PER_PIXEL * PIXELS, device: PER_PIXEL * PIXELS }),
	async open(context, signal) {
		const { Rife } = await import("./rife.ts");
		const rife = await Rife.open(context, signal);
		return {
			demand: ({ continuous }) => ({ frames: continuous ? 1 : CALL, wait: true }),
			generate: async ({ frames }, { continuous }, _turn, signal) => ({
				frames: await rife.doubled(frames, continuous, signal),
			}),
			reset: () => rife.reset(),
			[Symbol.asyncDispose]: () => rife[Symbol.asyncDispose](),
		};
	},
});
