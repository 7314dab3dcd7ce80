import type { LeniaRule } from "../systems/lenia.ts";
import type { ReactionRule } from "../systems/reaction.ts";

/** Life-like rules that are worth watching, in notation. */
export const LIFE = {
	conway: "B3/S23",
	highlife: "B36/S23",
	"day-and-night": "B3678/S34678",
	morley: "B368/S245",
	diamoeba: "B35678/S5678",
	anneal: "B4678/S35678",
	coagulations: "B378/S235678",
	maze: "B3/S12345",
	coral: "B3/S45678",
	replicator: "B1357/S1357",
	"two-by-two": "B36/S125",
	"dry-life": "B37/S23",
	"pedestrian-life": "B38/S23",
	"walled-cities": "B45678/S2345",
	stains: "B3678/S235678",
	seeds: "B2/S",
	serviettes: "B234/S",
} as const;

/** Rules of the Generations family, most of them collected by M. Wójtowicz in MCell's library. */
export const GENERATIONS = {
	"star-wars": "345/2/4",
	"brians-brain": "/2/3",
	faders: "2/2/25",
	fireworks: "2/13/21",
	lava: "12345/45678/8",
	transers: "345/26/5",
	xtasy: "1456/2356/16",
	worms: "3467/25/6",
	bloomerang: "234/34678/24",
	caterpillars: "124567/378/4",
	"circuit-genesis": "2345/1234/8",
	cooties: "23/2/8",
	"ebb-and-flow": "012478/36/18",
	frost: "/1/25",
	"meteor-guns": "01245678/3/8",
	nova: "45678/2478/25",
	"prairie-on-fire": "345/34/6",
	rake: "3467/2678/6",
	spirals: "2/234/5",
	sticks: "3456/2/6",
	thrill: "1234/34/48",
	belzhab: "23/23/8",
} as const;

/** Kinds of Lenia: Chan's Orbium, and five that were found by looking. */
export const LENIA = {
	orbium: { radius: 13, rings: [1], mu: 0.15, sigma: 0.015, dt: 0.1 },
	swarm: { radius: 12, rings: [0.5, 1], mu: 0.12, sigma: 0.0144, dt: 0.1 },
	plankton: { radius: 12, rings: [0.5, 1], mu: 0.16, sigma: 0.024, dt: 0.1 },
	filaments: { radius: 12, rings: [0.5, 1], mu: 0.2, sigma: 0.03, dt: 0.1 },
	ripples: { radius: 12, rings: [1, 0.5], mu: 0.16, sigma: 0.0144, dt: 0.1 },
	bubbles: { radius: 13, rings: [1], mu: 0.14, sigma: 0.02, dt: 0.1 },
} as const satisfies Record<string, LeniaRule>;

const spread = { spreadU: 1, spreadV: 0.5 };

/** Kinds of Gray-Scott reactions, by Pearson's letters where he has them, feed and kill as on R. Munafo's map. */
export const REACTIONS = {
	menagerie: { feed: 0.023, kill: 0.0555, ...spread },
	coral: { feed: 0.0545, kill: 0.062, ...spread },
	mitosis: { feed: 0.0367, kill: 0.0649, ...spread },
	worms: { feed: 0.046, kill: 0.063, ...spread },
	maze: { feed: 0.029, kill: 0.057, ...spread },
	holes: { feed: 0.039, kill: 0.058, ...spread },
	chaos: { feed: 0.026, kill: 0.051, ...spread },
	"chaos-and-holes": { feed: 0.034, kill: 0.056, ...spread },
	"moving-spots": { feed: 0.014, kill: 0.054, ...spread },
	solitons: { feed: 0.03, kill: 0.062, ...spread },
	"pulsing-solitons": { feed: 0.025, kill: 0.06, ...spread },
	waves: { feed: 0.014, kill: 0.045, ...spread },
	"u-skate": { feed: 0.062, kill: 0.0609, ...spread },
} as const satisfies Record<string, Partial<ReactionRule>>;
