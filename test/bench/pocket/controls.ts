import { edge, type Layout } from "./drawn.ts";

/** Moving layouts that are not of the model's world, by frame: what somebody might hold before a camera. */
export const CONTROLS: Readonly<Record<string, (frame: number) => Layout>> = {
	"a disc that moves": (frame) => (x, y) => edge(0.5 - Math.hypot(x + 0.4 - 0.02 * frame, y + 0.1)),
	"a bar that turns": (frame) => (x, y) => {
		const angle = 0.4 + 0.03 * frame;
		return edge(0.25 - Math.abs(x * Math.sin(angle) - y * Math.cos(angle)));
	},
	"two squares": (frame) => (x, y) => {
		const square = (left: number, top: number) => 0.3 - Math.max(Math.abs(x - left), Math.abs(y - top));
		return edge(Math.max(square(-0.5, -0.4 + 0.01 * frame), square(0.5, 0.4 - 0.01 * frame)));
	},
	"a frame": (frame) => (x, y) => edge(0.18 - Math.abs(Math.max(Math.abs(x), Math.abs(y)) - 0.6 - 0.004 * frame)),
};
