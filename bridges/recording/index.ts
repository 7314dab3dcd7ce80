import { defineBridge } from "mutoscope/sdk";
import { params } from "./params.ts";

/**
 * A recording of what a session shows: an MP4 (H.264 High, yuv420p, BT.709) that plays everywhere, and that plays up to half a
 * second before the end when its process was killed.
 */
export default defineBridge({
	id: "recording",
	title: "Recording",
	description: "Records the session to an MP4 file.",
	sink: {
		params,
		async open(context, signal) {
			const { openRecorder } = await import("./recorder.ts");
			return openRecorder(context, signal);
		},
	},
});
