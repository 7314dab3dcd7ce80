import * as z from "zod";
import { PATTERNS } from "./patterns.ts";
import { GENERATIONS, LENIA, LIFE, REACTIONS } from "./rules/species.ts";
import { PALETTES } from "./show/palettes.ts";

const names = <T extends object>(table: T) => Object.keys(table) as [keyof T & string, ...(keyof T & string)[]];

const system = {
	system: z.enum(["life", "generations", "cyclic", "elementary", "lenia", "reaction"]).default("reaction").meta({
		label: "System",
		group: "System",
		description: "The kind of automaton. Each has its own group of knobs below, and keeps them while others run.",
	}),
	rule: z.string().max(40).default("").meta({
		label: "Rule",
		group: "System",
		description:
			"A rule in notation; it goes before System. B3/S23 or 23/3 is life-like, 345/2/4 Generations, R2/T3/C5/NM cyclic, W110 elementary. Empty: as chosen on the panel. One that cannot be read is logged and changes nothing.",
	}),
	speed: z.number().min(0).max(120).default(20).meta({
		label: "Speed",
		group: "System",
		unit: "generations/s",
		step: 0.1,
		modulate: true,
		description:
			"How fast time goes by, whatever the frame rate; 0 holds still. Slow generations melt into one another.",
	}),
	edges: z.enum(["wrap", "walls"]).default("wrap").meta({
		label: "Edges",
		group: "System",
		description: "Whether what leaves on one side comes back on the other, or meets a wall.",
	}),
};

const systems = {
	life: z
		.object({
			species: z.enum(names(LIFE)).default("conway").meta({
				label: "Life",
				group: "Life",
				description: "A life-like rule by name: cells are born and live on by the number of their neighbours.",
			}),
		})
		.prefault({}),
	generations: z
		.object({
			species: z.enum(names(GENERATIONS)).default("star-wars").meta({
				label: "Generations",
				group: "Generations",
				description:
					"A rule of the Generations family by name: like Life, but cells fade through states when they die.",
			}),
		})
		.prefault({}),
	cyclic: z
		.object({
			states: z.int().min(2).max(32).default(12).meta({
				label: "States",
				group: "Cyclic",
				description: "How many colours chase one another in a circle.",
			}),
			threshold: z.int().min(1).max(24).default(1).meta({
				label: "Threshold",
				group: "Cyclic",
				description: "How many neighbours must be one state ahead to pull a cell along.",
			}),
			range: z.int().min(1).max(6).default(1).meta({
				label: "Range",
				group: "Cyclic",
				unit: "cells",
				description: "How far a neighbour may be.",
			}),
			neighbourhood: z.enum(["moore", "von-neumann"]).default("von-neumann").meta({
				label: "Neighbours",
				group: "Cyclic",
				description: "A square around the cell, or a diamond.",
			}),
		})
		.prefault({}),
	elementary: z
		.object({
			number: z.int().min(0).max(255).default(110).meta({
				label: "Rule number",
				group: "Elementary",
				description: "Wolfram's number: 30 chaos, 90 triangles, 110 computes, 184 traffic.",
			}),
		})
		.prefault({}),
	lenia: z
		.object({
			species: z.enum(names(LENIA)).default("orbium").meta({
				label: "Lenia",
				group: "Lenia",
				description: "A kind of smooth life. The knobs beside it bend it.",
			}),
			radius: z.number().min(0.4).max(2).default(1).meta({
				label: "Size",
				group: "Lenia",
				unit: "×",
				step: 0.05,
				description: "How large creatures are, against what their kind usually is.",
			}),
			mu: z.number().min(-0.05).max(0.05).default(0).meta({
				label: "μ ±",
				group: "Lenia",
				step: 0.0005,
				modulate: true,
				description: "Added to the growth centre of the kind: how crowded they like it.",
			}),
			sigma: z.number().min(-0.01).max(0.03).default(0).meta({
				label: "σ ±",
				group: "Lenia",
				step: 0.0001,
				modulate: true,
				description: "Added to the growth width of the kind: more forgives more, and grows over everything.",
			}),
			dt: z.number().min(0.2).max(2).default(1).meta({
				label: "Time step",
				group: "Lenia",
				unit: "×",
				step: 0.05,
				modulate: true,
				description: "How far one generation goes, against what the kind usually does.",
			}),
		})
		.prefault({}),
	reaction: z
		.object({
			species: z.enum(names(REACTIONS)).default("menagerie").meta({
				label: "Reaction",
				group: "Reaction",
				description: "A kind of Gray-Scott reaction. The knobs beside it bend it.",
			}),
			feed: z.number().min(-0.02).max(0.02).default(0).meta({
				label: "Feed ±",
				group: "Reaction",
				step: 0.0001,
				modulate: true,
				description: "Added to how fast food flows in.",
			}),
			kill: z.number().min(-0.01).max(0.01).default(0).meta({
				label: "Kill ±",
				group: "Reaction",
				step: 0.0001,
				modulate: true,
				description: "Added to how fast life is taken out.",
			}),
			spread: z.number().min(0.2).max(1).default(1).meta({
				label: "Spread",
				group: "Reaction",
				step: 0.01,
				modulate: true,
				description: "How far everything diffuses: less draws finer figures, more slowly.",
			}),
			drift: z.number().min(0).max(1).default(0.5).meta({
				label: "Drift",
				group: "Reaction",
				step: 0.01,
				modulate: true,
				description:
					"How far feed and kill differ over the field, in a landscape that wanders: many kinds at once, never settling.",
			}),
		})
		.prefault({}),
};

const seeding = {
	seed: z.int().min(0).max(9999).default(1).meta({
		label: "Seed",
		group: "Seeds",
		description: "Same seed and knobs, same pictures. A change sows anew.",
	}),
	seeding: z
		.enum(["auto", "noise", "patches", "mirrors", "rings", "point", "creatures", ...names(PATTERNS)])
		.default("auto")
		.meta({
			label: "Seeding",
			group: "Seeds",
			description: "What the field is sown with; auto takes what suits the system. Takes hold at the next reseed.",
		}),
	density: z.number().min(0.01).max(1).default(0.45).meta({
		label: "Density",
		group: "Seeds",
		step: 0.01,
		description: "Share of cells that live where something is sown. Takes hold at the next reseed or splash.",
	}),
	reseed: z.boolean().default(false).meta({
		label: "Reseed",
		group: "Seeds",
		trigger: true,
		description: "Clears the field and sows it anew, differently each time.",
	}),
	splash: z.boolean().default(false).meta({
		label: "Splash",
		group: "Seeds",
		trigger: true,
		description: "Throws a handful of seeds somewhere into the field.",
	}),
	splashSize: z.number().min(0.02).max(0.5).default(0.14).meta({
		label: "Splash size",
		group: "Seeds",
		step: 0.01,
		description: "Radius of a splash, against the shorter side.",
	}),
	revive: z.boolean().default(true).meta({
		label: "Revive",
		group: "Seeds",
		description:
			"Splashes by itself when the picture stands still or goes round in circles, and reseeds when it is dead.",
	}),
	patience: z.number().min(1).max(60).default(8).meta({
		label: "Patience",
		group: "Seeds",
		unit: "s",
		step: 0.5,
		description: "How long the picture may stand still before it is revived.",
	}),
};

const stirring = {
	stir: z.number().min(0).max(1).default(0.35).meta({
		label: "Stir",
		group: "Video",
		step: 0.01,
		modulate: true,
		description: "How much the source's video sows. Without a source nothing happens; at 0 none is asked for.",
	}),
	stirBy: z.enum(["motion", "light"]).default("motion").meta({
		label: "Stir by",
		group: "Video",
		description: "Whether what moves in the video sows, or what is bright.",
	}),
	stirThreshold: z.number().min(0.01).max(1).default(0.12).meta({
		label: "Stir threshold",
		group: "Video",
		step: 0.01,
		description: "How much motion or light it takes.",
	}),
};

const colour = {
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

const picture = {
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

/** The knobs of the cellular automata. */
export const params = z.object({ ...system, ...seeding, ...stirring, ...colour, ...systems, ...picture });

/** Their values. */
export type Params = z.output<typeof params>;
