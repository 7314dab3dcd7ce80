import { definePipeline } from "mutoscope/sdk";
import { params } from "./params.ts";

/** Passthrough: the source's frames, fitted and otherwise untouched, each as soon as it comes. */
export default definePipeline({
	id: "passthrough",
	title: "Passthrough",
	description:
		"Shows the source as it is, brought to one size. Use it to mix, record or stream a camera, or as the ground for effects of plugins.",
	source: "None: nothing is computed.",
	modes: ["video"],
	params,
	async open({ params: { width, height } }) {
		return {
			input: { width, height },
			demand: () => ({ frames: 1, wait: true }),
			generate: (input) => input,
			[Symbol.asyncDispose]: async () => {},
		};
	},
});
