import * as z from "zod";
import { GENERATIONS, LENIA, LIFE, REACTIONS } from "../rules/species.ts";
import { names } from "./names.ts";

/** What lives, and how fast. */
export const system = {
	system: z.enum(["life", "generations", "cyclic", "elementary", "lenia", "reaction"]).default("reaction").meta({
		label: "System",
		group: "System",
		description: "The kind of automaton. Each has knobs of its own, and keeps them while others run.",
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

/** What belongs to one system only. */
function of(name: z.output<(typeof system)["system"]>): { when: Record<string, string[]> } {
	return { when: { "/system": [name] } };
}

/** The knobs of each system. */
export const systems = {
	life: z
		.object({
			species: z.enum(names(LIFE)).default("conway").meta({
				label: "Life",
				group: "Life",
				description: "A life-like rule by name: cells are born and live on by the number of their neighbours.",
			}),
		})
		.prefault({})
		.meta(of("life")),
	generations: z
		.object({
			species: z.enum(names(GENERATIONS)).default("star-wars").meta({
				label: "Generations",
				group: "Generations",
				description:
					"A rule of the Generations family by name: like Life, but cells fade through states when they die.",
			}),
		})
		.prefault({})
		.meta(of("generations")),
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
		.prefault({})
		.meta(of("cyclic")),
	elementary: z
		.object({
			number: z.int().min(0).max(255).default(106).meta({
				label: "Rule number",
				group: "Elementary",
				description: "Wolfram's number: 22 and 90 triangles, 30 chaos, 106 rain, 110 computes.",
			}),
		})
		.prefault({})
		.meta(of("elementary")),
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
		.prefault({})
		.meta(of("lenia")),
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
		.prefault({})
		.meta(of("reaction")),
};
