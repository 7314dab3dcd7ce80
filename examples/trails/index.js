import { definePlugin, Frame, z } from "mutoscope/sdk";

const params = z.object({
	length: z.number().min(0).max(0.99).default(0.9).meta({
		label: "Length",
		description: "How much of a light is left after one frame.",
		step: 0.01,
	}),
	clear: z.boolean().default(false).meta({ label: "Clear", description: "Puts all trails out.", trigger: true }),
});

/** Trails: what is bright fades slowly, so that everything that moves draws a line of light. */
export default definePlugin({
	id: "trails",
	title: "Trails",
	description: "Light trails behind everything that moves.",
	params,
	tap({ hooks, params }) {
		// What is kept from frame to frame belongs in here: each set of hooks begins anew.
		let glow = new Uint8Array(0);
		hooks.frameOut.tap("trails", (frame) => {
			const { length, clear } = params();
			const { data: given } = frame;
			if (clear || glow.length !== given.length) glow = given.slice();
			const left = Uint8Array.from({ length: 256 }, (_, value) => Math.floor(value * length));
			const data = new Uint8Array(given.length);
			for (let at = 0; at < data.length; at++) data[at] = Math.max(given[at], left[glow[at]]);
			glow = data;
			return new Frame(frame.size, data.slice(), { alpha: frame.alpha, ...frame.stamp });
		});
		hooks.close.tap("trails", () => {
			glow = new Uint8Array(0);
		});
	},
});
