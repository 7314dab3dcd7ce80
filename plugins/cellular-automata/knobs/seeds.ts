import * as z from "zod";
import { PATTERNS } from "../patterns.ts";
import { names } from "./names.ts";

/** How life gets in. */
export const seeding = {
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

/** How video gets in. */
export const stirring = {
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
