import * as z from "zod";
import { PALETTES } from "../show/palettes.ts";
import { names } from "./names.ts";

/** How heat becomes colour. */
export const colour = {
	palette: z.enum(names(PALETTES)).default("ember").meta({
		label: "Palette",
		group: "Colour",
		description: "The gradient from cold to hot.",
	}),
	hue: z.number().min(0).max(1).default(0).meta({
		label: "Hue",
		group: "Colour",
		unit: "turns",
		step: 0.001,
		modulate: true,
		description: "Turns all colours around the colour circle.",
	}),
	hueSpeed: z.number().min(-10).max(10).default(0).meta({
		label: "Hue speed",
		group: "Colour",
		unit: "turns/min",
		step: 0.1,
		description: "How fast colours turn by themselves.",
	}),
	trail: z.number().min(0).max(12).default(1.2).meta({
		label: "Trail",
		group: "Colour",
		unit: "s",
		step: 0.05,
		modulate: true,
		description: "How long what has died glows on.",
	}),
	cooling: z.number().min(0).max(12).default(2).meta({
		label: "Cooling",
		group: "Colour",
		unit: "s",
		step: 0.05,
		description: "How long what is newly born takes to cool.",
	}),
	glow: z.number().min(0).max(1).default(0.35).meta({
		label: "Glow",
		group: "Colour",
		step: 0.01,
		modulate: true,
		description: "Light that spills from what lives onto what surrounds it.",
	}),
	relief: z.number().min(0).max(1).default(0.5).meta({
		label: "Relief",
		group: "Colour",
		step: 0.01,
		modulate: true,
		description: "Lights the picture from the top left, as if heat were height.",
	}),
	background: z.number().min(0).max(1).default(1).meta({
		label: "Background",
		group: "Colour",
		step: 0.01,
		description: "How much of the palette's dark end is shown; 0 is black, for keying.",
	}),
};

/** How large and how often. */
export const picture = {
	cell: z.int().min(1).max(16).default(4).meta({
		label: "Cell",
		group: "Picture",
		unit: "px",
		description: "Side of a cell: fewer pixels, more cells, more work. A change sows anew.",
	}),
	scaling: z.enum(["auto", "squares", "smooth"]).default("auto").meta({
		label: "Scaling",
		group: "Picture",
		description: "Cells as squares, or a smooth surface through them; auto takes what suits the system.",
	}),
	fps: z.number().min(1).max(120).default(30).meta({
		label: "Frame rate",
		group: "Picture",
		unit: "fps",
		step: 1,
		description: "Frames per second.",
	}),
	width: z.int().min(64).max(3840).default(1280).meta({
		label: "Width",
		group: "Picture",
		unit: "px",
		apply: "reload",
		description: "Width of the picture.",
	}),
	height: z.int().min(64).max(2160).default(720).meta({
		label: "Height",
		group: "Picture",
		unit: "px",
		apply: "reload",
		description: "Height of the picture.",
	}),
};
