import type { Log, Size } from "mutoscope/sdk";
import type { Params } from "./params.ts";
import { randomFrom } from "./random.ts";
import { type AnyRule, Choice } from "./rules/choice.ts";
import { type Seeding, type Sowing, sowField, splash } from "./seeding.ts";
import type { Automaton } from "./systems/automaton.ts";
import { Cyclic } from "./systems/cyclic.ts";
import { Elementary } from "./systems/elementary.ts";
import { fastLength } from "./systems/fft.ts";
import { Generations } from "./systems/generations.ts";
import { Lenia } from "./systems/lenia.ts";
import { Reaction } from "./systems/reaction.ts";
import { type Comfort, Vigil } from "./vigil.ts";

/** Seconds after which a dead field is sown anew. */
const MOURNING = 1;

/** Generations of a smooth field that are made before the first picture. */
const REHEARSAL = 30;

/** Splashes that may fail to wake a picture before it is sown anew. */
const ATTEMPTS = 2;

/** Any share of living cells will do. */
const ANY: Comfort = { least: 0, most: 1 };

/** Creatures want company, and room to glide; what grows over everything is none. */
const ROOM: Comfort = { least: 0.025, most: 0.18 };

/** The field and its fate: which automaton it is, when it is sown, how fast its time goes by. */
export class World {
	readonly #picture: Size;
	readonly #choice: Choice;
	readonly #vigil = new Vigil();
	#automaton: Automaton;
	#system: AnyRule["system"];
	#cell: number;
	#seed: number;
	#random: () => number;
	#time = 0;
	/** Generations that are due, with the fraction that is not yet. */
	#due = 0;
	#stillFor = 0;
	#livelyFor = 0;
	#attempts = 0;

	constructor(picture: Size, values: Params, log: Log) {
		this.#picture = picture;
		this.#choice = new Choice(log);
		const rule = this.#choice.rule(values, 0);
		this.#system = rule.system;
		this.#cell = values.cell;
		this.#automaton = automatonFor(rule, this.#size(rule, values), values.edges);
		this.#seed = values.seed;
		this.#random = randomFrom(values.seed);
		this.#sow(values);
		this.#rehearse();
	}

	/** The automaton as it stands. */
	get automaton(): Automaton {
		return this.#automaton;
	}

	/** Side of a cell in pixels. */
	get cell(): number {
		return this.#cell;
	}

	/** The stream of random numbers that everything here is drawn from. */
	get random(): () => number {
		return this.#random;
	}

	/** Begins as new with the same seed. */
	reset(values: Params): void {
		this.#random = randomFrom(values.seed);
		this.#time = 0;
		this.#due = 0;
		const rule = this.#choice.rule(values, 0);
		this.#automaton = automatonFor(rule, this.#size(rule, values), values.edges);
		this.#sow(values);
		this.#rehearse();
	}

	/** Takes the knobs in: another automaton, another rule, seeds. The field is kept wherever it can be. */
	turn(values: Params): void {
		const rule = this.#choice.rule(values, this.#time);
		const other = rule.system !== this.#system || values.cell !== this.#cell;
		const seeded = values.seed !== this.#seed;
		if (seeded) this.#random = randomFrom(values.seed);
		this.#seed = values.seed;
		this.#system = rule.system;
		this.#cell = values.cell;
		if (other) this.#automaton = automatonFor(rule, this.#size(rule, values), values.edges);
		else follow(this.#automaton, rule);
		if (this.#automaton.edges !== values.edges) this.#automaton.edges = values.edges;
		if (other || seeded || values.reseed) this.#sow(values);
		if (values.splash) this.#splash(values, 1, values.splashSize);
	}

	/** Lets `seconds` go by. Throws the signal's reason once it is aborted. */
	pass(values: Params, seconds: number, signal: AbortSignal): void {
		this.#time += seconds;
		this.#due += values.speed * seconds;
		const comfort = this.#seeding(values) === "creatures" ? ROOM : ANY;
		for (; this.#due >= 1 - 1e-9; this.#due--) {
			signal.throwIfAborted();
			this.#automaton.step();
			this.#vigil.watch(this.#automaton, comfort);
		}
		if (values.revive && values.speed > 0) this.#revive(values, seconds);
	}

	/** Lets a smooth field find its forms before anyone sees it. */
	#rehearse(): void {
		if (this.#automaton.look !== "levels") return;
		for (let i = 0; i < REHEARSAL; i++) this.#automaton.step();
	}

	#revive(values: Params, seconds: number): void {
		const { sight } = this.#vigil;
		if (sight === "lively") {
			this.#stillFor = 0;
			this.#livelyFor += seconds;
			if (this.#livelyFor > 3 * values.patience) this.#attempts = 0;
			return;
		}
		this.#livelyFor = 0;
		this.#stillFor += seconds;
		if (this.#stillFor < (sight === "dead" ? Math.min(MOURNING, values.patience) : values.patience)) return;
		this.#stillFor = 0;
		if (sight === "dead" || sight === "overgrown" || this.#attempts >= ATTEMPTS) {
			this.#sow(values);
		} else {
			this.#attempts++;
			this.#splash(values, 4, 0.16);
		}
	}

	#sow(values: Params): void {
		this.#attempts = 0;
		const automaton = this.#automaton;
		sowField(automaton, this.#sowing(values));
		if (automaton instanceof Elementary) automaton.writeHistory();
		this.#awake();
	}

	#splash(values: Params, count: number, share: number): void {
		const { width, height } = this.#automaton.size;
		for (let i = 0; i < count; i++) {
			const radius = share * Math.min(width, height) * (0.7 + 0.6 * this.#random());
			const disc = { x: this.#random() * width, y: this.#random() * height, radius };
			splash(this.#automaton, this.#sowing(values), disc);
		}
		this.#awake();
	}

	#awake(): void {
		this.#stillFor = 0;
		this.#vigil.wake();
	}

	#sowing(values: Params): Sowing {
		const fits = SEEDINGS[this.#system];
		return {
			seeding: this.#seeding(values),
			density: fits.full ? 1 : values.density,
			grain: fits.grain,
			creature: this.#automaton instanceof Lenia ? this.#automaton.rule.radius : 13,
			random: this.#random,
		};
	}

	#seeding({ seeding, lenia }: Params): Seeding {
		if (seeding !== "auto") return seeding;
		const automaton = this.#automaton;
		if (automaton instanceof Lenia && lenia.species === "orbium") return "creatures";
		if (automaton instanceof Generations && automaton.states === 2) return "noise";
		return SEEDINGS[this.#system].seeding;
	}

	#size(rule: AnyRule, { cell }: Params): Size {
		const [width, height] = [Math.ceil(this.#picture.width / cell), Math.ceil(this.#picture.height / cell)];
		return rule.system === "lenia" ? { width: fastLength(width), height: fastLength(height) } : { width, height };
	}
}

/** What `auto` sows each system with, and whether every cell is sown: states that go in circles have none at rest. */
const SEEDINGS: Record<AnyRule["system"], { seeding: Seeding; grain: number; full: boolean }> = {
	generations: { seeding: "patches", grain: 1, full: false },
	cyclic: { seeding: "noise", grain: 1, full: true },
	elementary: { seeding: "noise", grain: 1, full: false },
	lenia: { seeding: "patches", grain: 3, full: false },
	reaction: { seeding: "patches", grain: 3, full: false },
};

function automatonFor(rule: AnyRule, size: Size, edges: Automaton["edges"]): Automaton {
	switch (rule.system) {
		case "generations":
			return new Generations(size, rule, edges);
		case "cyclic":
			return new Cyclic(size, rule, edges);
		case "elementary":
			return new Elementary(size, rule.number, edges);
		case "lenia":
			return new Lenia(size, rule, edges);
		case "reaction":
			return new Reaction(size, rule, edges);
	}
}

/** Gives a running automaton a rule of its own system. */
function follow(automaton: Automaton, rule: AnyRule): void {
	if (automaton instanceof Elementary && rule.system === "elementary") automaton.rule = rule.number;
	else if (automaton instanceof Generations && rule.system === "generations") automaton.rule = rule;
	else if (automaton instanceof Cyclic && rule.system === "cyclic") automaton.rule = rule;
	else if (automaton instanceof Lenia && rule.system === "lenia") automaton.rule = rule;
	else if (automaton instanceof Reaction && rule.system === "reaction") automaton.rule = rule;
}
