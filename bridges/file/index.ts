import { defineBridge } from "mutoscope/sdk";
import { params } from "./params.ts";

/** Plays a video or picture file of this machine: any that FFmpeg reads, in a loop without a seam. */
export default defineBridge({
	id: "file",
	title: "File",
	description: "A video or picture from this machine, looped.",
	source: {
		params,
		async open(context, signal) {
			const { openPlayback } = await import("./playback.ts");
			return openPlayback(context, signal);
		},
	},
});
