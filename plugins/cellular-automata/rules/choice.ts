import type { Log } from "mutoscope/sdk";
import { reasonOf } from "mutoscope/sdk";
import type { Params } from "../params.ts";
import type { LeniaRule } from "../systems/lenia.ts";
import type { ReactionRule } from "../systems/reaction.ts";
import { parseRule, type Rule } from "./notation.ts";
import { GENERATIONS, LENIA, LIFE, REACTIONS } from "./species.ts";

/** Any rule that a world may follow. */
export type AnyRule =
	| Rule
	| ({ readonly system: "lenia" } & LeniaRule)
	| ({ readonly system: "reaction" } & ReactionRule);

/** Reads the panel: which rule it means. */
export class Choice {
	readonly #log: Log;
	#text = "";
	#written: Rule | undefined;

	constructor(log: Log) {
		this.#log = log;
	}

	/**
	 * The rule for these values `time` seconds into the show: as written, or else as on the panel. A text that cannot be
	 * read is logged once and changes nothing.
	 */
	rule(values: Params, time: number): AnyRule {
		const text = values.rule.trim();
		if (text !== this.#text) this.#read(text);
		this.#text = text;
		return this.#written ?? fromPanel(values, time);
	}

	#read(text: string): void {
		try {
			this.#written = text === "" ? undefined : parseRule(text);
		} catch (error) {
			this.#log.warn(`The rule ${text} cannot be read: ${reasonOf(error)}. The last one stays.`, { rule: text });
		}
	}
}

function fromPanel(values: Params, time: number): AnyRule {
	switch (values.system) {
		case "life":
			return parseRule(LIFE[values.life.species]);
		case "generations":
			return parseRule(GENERATIONS[values.generations.species]);
		case "cyclic":
			return { system: "cyclic", ...values.cyclic };
		case "elementary":
			return { system: "elementary", number: values.elementary.number };
		case "lenia": {
			const { species, radius, mu, sigma, dt } = values.lenia;
			const kind: LeniaRule = LENIA[species];
			return {
				system: "lenia",
				rings: kind.rings,
				radius: Math.max(3, Math.round(kind.radius * radius)),
				mu: Math.max(0.01, kind.mu + mu),
				sigma: Math.max(0.002, kind.sigma + sigma),
				dt: Math.min(1, kind.dt * dt),
			};
		}
		case "reaction": {
			const { species, feed, kill, spread, drift } = values.reaction;
			const kind = REACTIONS[species];
			const [food, poison] = [Math.max(0.001, kind.feed + feed), Math.max(0.001, kind.kill + kill)];
			return {
				system: "reaction",
				feed: food,
				kill: poison,
				feedRange: Math.min(food, drift * 0.02),
				killRange: Math.min(poison, drift * 0.005),
				phase: time / 97,
				spreadU: kind.spreadU * spread,
				spreadV: kind.spreadV * spread,
			};
		}
	}
}
