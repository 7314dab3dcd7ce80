import { definePipeline } from "mutoscope/sdk";
import { SMALL } from "./artifacts.ts";
import { params } from "./params.ts";

/** Frames to a call where they are taken together, as Daydream Scope has them. */
const CALL = 4;
/** Bytes that are held for each pixel of the network: the widest maps of the head, and attention. */
const PER_PIXEL = 1200;
/** Bytes that each frame before takes for each of these pixels, what is computed with it counted. */
const REMEMBERED = 80;

/** Video Depth Anything: how near everything is. */
export default definePipeline({
	id: "video-depth-anything",
	title: "Video Depth Anything",
	description:
		"How near everything is: white is near. As control video it keeps the shape of the room and nothing else.",
	source: "Chen, Guo, Zhu, Zhang, Huang, Feng and Kang 2025, Video Depth Anything, arXiv 2501.12375; the small model.",
	modes: ["video"],
	usage: ["preprocessor"],
	params,
	artifacts: [SMALL],
	memory({ resolution, memory }) {
		// Frames of 16:9, in fp32.
		const bytes = ((resolution * resolution * 16) / 9) * (PER_PIXEL + memory * REMEMBERED);
		return { host: Math.round(bytes), device: Math.round(bytes) };
	},
	async open(context, signal) {
		const { DepthStream } = await import("./depth.ts");
		const stream = await DepthStream.open(context, signal);
		return {
			demand: ({ continuous, normalise }) => ({
				frames: continuous && normalise === "running" ? 1 : CALL,
				wait: true,
			}),
			async generate({ frames }, values, _turn, signal) {
				const made = await stream.draw(frames, values, signal);
				for (const frame of frames) frame.close();
				return { frames: made };
			},
			reset: () => stream.reset(),
			[Symbol.asyncDispose]: () => stream[Symbol.asyncDispose](),
		};
	},
});
