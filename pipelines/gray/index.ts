import { definePipeline } from "mutoscope/sdk";
import * as z from "zod";
import { toGrey } from "./grey.ts";

/** Grey: every frame without its colours. */
export default definePipeline({
	id: "gray",
	title: "Grey",
	description: "Frames without colours, by how bright each colour looks. As control video it keeps light and shape.",
	source: "Recommendation ITU-R BT.601, luma.",
	modes: ["video"],
	usage: ["preprocessor"],
	params: z.object({}),
	async open(context) {
		return {
			demand: () => ({ frames: 1, wait: true }),
			generate({ frames }, _values, _turn, signal) {
				signal.throwIfAborted();
				const made = frames.map((frame) => {
					const grey = context.frame(frame.size, frame.stamp);
					toGrey(frame.data, grey.data);
					frame.close();
					return grey;
				});
				return { frames: made };
			},
			[Symbol.asyncDispose]: async () => {},
		};
	},
});
