import { defineBridge, drawCard, monotonic, untilDue } from "mutoscope/sdk";
import { params } from "./params.ts";

/**
 * A moving test card: colours, circle, frame number and clock, to be read by eye and by `readCard`.
 *
 * Numbers count what was due, so one that is missing is a frame that was lost, and the clock tells how long it took.
 */
export default defineBridge({
	id: "test-card",
	title: "Test card",
	description: "Colour bars, a circle, a sweep, and the number and time of each frame, readable by machines.",
	source: {
		params,
		async open({ params: values, frame }) {
			const { width, height } = values();
			let { fps } = values();
			let begin = monotonic();
			let first = 0;
			let next = 0;
			return {
				async next(signal) {
					const wanted = values().fps;
					if (wanted !== fps) {
						begin += (next - first) / fps;
						first = next;
						fps = wanted;
					}
					next = Math.max(next, first + Math.floor((monotonic() - begin) * fps));
					await untilDue(begin + (next - first) / fps, signal);
					const captured = monotonic();
					const card = frame({ width, height }, { captured });
					drawCard(card, next % 2 ** 32, captured);
					next++;
					return card;
				},
				report: () => ({ frames: next, fps }),
				async [Symbol.asyncDispose]() {},
			};
		},
	},
});
