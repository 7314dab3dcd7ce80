import { definePipeline } from "mutoscope/sdk";
import { WEIGHTS } from "./artifacts.ts";
import { params } from "./params.ts";

/** Frames to a call where each pair is by itself, as Daydream Scope has them. */
const CALL = 2;
/** Places that flow is looked for at, a side of the square in pixels. */
const PLACE = 8;
/** Bytes that are held for each pair of places: how alike they are, at all levels, also with what is around. */
const PER_PAIR = 4 * 4.5;
/** Bytes that are held for each pixel of the square by the encoders. */
const PER_PIXEL = 600;

/** Optical flow: how everything moves. */
export default definePipeline({
	id: "optical-flow",
	title: "Optical flow",
	description: "How everything moves, as colours: where to is the hue, how far the saturation. White stands still.",
	source: "Teed and Deng 2020, RAFT, arXiv 2003.12039; torchvision's weights.",
	modes: ["video"],
	usage: ["preprocessor"],
	params,
	artifacts: Object.values(WEIGHTS),
	memory({ resolution }) {
		const bytes = (resolution / PLACE) ** 4 * PER_PAIR + resolution ** 2 * PER_PIXEL;
		return { host: Math.round(bytes), device: Math.round(bytes) };
	},
	async open(context, signal) {
		const { FlowStream } = await import("./flow.ts");
		const stream = await FlowStream.open(context, signal);
		return {
			demand: ({ continuous }) => ({ frames: continuous ? 1 : CALL, wait: true }),
			async generate({ frames }, { continuous }, _turn, signal) {
				const made = await stream.draw(frames, continuous, signal);
				for (const frame of frames) frame.close();
				return { frames: made };
			},
			reset: () => stream.reset(),
			[Symbol.asyncDispose]: () => stream[Symbol.asyncDispose](),
		};
	},
});
