import { defineBridge, MutoscopeError, reasonOf } from "mutoscope/sdk";

/** Stills: what a session shows now as PNG, exact to the last bit, or as JPEG. The MJPEG preview is made of them. */
export default defineBridge({
	id: "still",
	title: "Stills",
	description: "A picture of what is shown now, as PNG or JPEG, and the preview for tools without WebRTC.",

	async probe() {
		try {
			await import("node-av/lib");
		} catch (error) {
			throw new MutoscopeError("bridge/unavailable", { bridge: "Stills", reason: reasonOf(error) }, { cause: error });
		}
	},

	service: {
		async open(context) {
			const { openService } = await import("./service.ts");
			return openService(context);
		},
	},
});
