import { defineBridge } from "mutoscope/sdk";
import { sinkParams, sourceParams } from "./params.ts";

/**
 * NDI®: video to and from other programs on the network, and on this machine. `docs/guide/ndi.md` is for those who use it.
 *
 * NDI® is a registered trademark of Vizrt NDI AB, https://ndi.video/. Its runtime is not part of Mutoscope.
 */
export default defineBridge({
	id: "ndi",
	title: "NDI®",
	description:
		"Video to and from programs on the network: OBS, Resolume, TouchDesigner, vMix. NDI® is a registered trademark of Vizrt NDI AB, https://ndi.video/.",

	async probe(config) {
		const { loadRuntime } = await import("./runtime.ts");
		loadRuntime(config);
	},

	source: {
		params: sourceParams,
		async open(context) {
			const { openSource } = await import("./source.ts");
			return openSource(context);
		},
	},

	sink: {
		params: sinkParams,
		async open(context) {
			const { openSink } = await import("./sink.ts");
			return openSink(context);
		},
	},

	service: {
		async open(context) {
			const { openService } = await import("./service.ts");
			return openService(context);
		},
	},
});
