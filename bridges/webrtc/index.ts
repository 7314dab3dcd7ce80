import { defineBridge, MutoscopeError, reasonOf } from "mutoscope/sdk";
import * as z from "zod";

/**
 * WebRTC: the session in a browser, by WHEP in any player, and cameras, screens and OBS as its source.
 *
 * One encode serves all viewers of a codec; nothing is encoded while nobody watches. `docs/reference/webrtc.md` has its
 * methods, events and figures.
 */
export default defineBridge({
	id: "webrtc",
	title: "WebRTC",
	description: "Plays to browsers and WHEP players; takes cameras, screens and OBS (WHIP) in.",

	async probe() {
		try {
			await Promise.all([import("werift"), import("node-av/lib")]);
		} catch (error) {
			throw new MutoscopeError("bridge/unavailable", { bridge: "WebRTC", reason: reasonOf(error) }, { cause: error });
		}
	},

	service: {
		input: z.object({}),
		async open(context) {
			const { openService } = await import("./service.ts");
			return openService(context);
		},
	},
});
