import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import type { Size } from "../base/geometry.ts";
import type { Log } from "../base/log.ts";
import { type Config, modelsFolder } from "../config.ts";
import { type Held, held } from "../contract/real-time.ts";
import { type JsonSchema, type ParamValue, paramsOf } from "../params/schema.ts";
import type { ParamStore } from "../params/store.ts";
import { readJson, writeAtomic } from "../storage.ts";

/** By machine, then by pipeline. */
const kept = z.record(z.string(), z.record(z.string(), held.extend({ at: z.number() })));

/** Seconds after which what did not hold the best size gets another chance: something else may have kept the machine busy. */
const AGAIN = 86_400;

/** What pipelines were found to hold on this machine; kept beside the models, for every daemon. */
export class Measured {
	readonly #path: string;
	readonly #machine: string;
	readonly #log: Log | undefined;
	#all: z.output<typeof kept>;

	/** What was measured with another processor, version, or choice of what models compute on, is not asked again. */
	constructor(config: Config, version: string, log?: Log) {
		const { provider, device, threads = "usual" } = config.inference;
		const cores = `${availableParallelism()} × ${cpus()[0]?.model ?? process.arch}`;
		this.#path = join(modelsFolder(config), ".cache", "real-time.json");
		this.#machine = `${cores}, ${provider} ${device}, ${threads} threads, Mutoscope ${version}`;
		this.#log = log;
		this.#all = readJson(this.#path, kept) ?? {};
	}

	/** What each pipeline holds, by its id. */
	get held(): Readonly<Record<string, z.output<typeof kept>[string][string]>> {
		return this.#all[this.#machine] ?? {};
	}

	/** The same without what is to be measured again. */
	get settled(): Readonly<Record<string, Held>> {
		const since = Date.now() / 1000 - AGAIN;
		return Object.fromEntries(Object.entries(this.held).filter(([, { best, at }]) => best || at > since));
	}

	/** Sizes that were ever the outcome for a pipeline, here or on another machine: nobody's wish. */
	sizes(pipeline: string): readonly Size[] {
		return Object.values(this.#all).flatMap((machine) => machine[pipeline] ?? []);
	}

	/** A pipeline was measured. Resolves once that is on disk; where it cannot be, it is measured again another time. */
	async keep(pipeline: string, outcome: Held): Promise<void> {
		this.#all = { ...this.#all, [this.#machine]: { ...this.held, [pipeline]: { ...outcome, at: Date.now() / 1000 } } };
		try {
			await writeAtomic(this.#path, `${JSON.stringify(this.#all, undefined, "\t")}\n`);
		} catch (error) {
			this.#log?.warn("what was measured could not be kept", { pipeline, error });
		}
	}
}

/** What a session tells of a measurement. */
export interface Outcome {
	readonly pipeline: string;
	readonly held: Held;
}

/** The size that holds, as values. */
function sizeOf(held: Held): Readonly<Record<string, number>> {
	return { "/width": held.width, "/height": held.height };
}

/**
 * The size that a pipeline of this schema begins with, as values: what holds on this machine, else its own usual one. What the
 * one before it played at says nothing of what this one can.
 */
export function firstSize(schema: JsonSchema, held: Held | undefined): Readonly<Record<string, ParamValue>> {
	if (held) return sizeOf(held);
	const sizes = paramsOf(schema).filter(({ address }) => address === "/width" || address === "/height");
	return Object.fromEntries(sizes.map((param) => [param.address, param.default]));
}

/** The changes that bring a pipeline at an address to the size that holds; none where a hand has chosen a size. */
export function fitting(
	store: Pick<ParamStore, "find" | "get">,
	at: string,
	held: Held,
	found: readonly Size[],
): (readonly [address: string, value: number])[] {
	const [width, height] = ["/width", "/height"].map((address) => store.find(at + address));
	if (!width || !height) return [];
	const now = { width: store.get(width.address), height: store.get(height.address) };
	const usual = { width: width.param.default, height: height.param.default };
	if (![usual, ...found].some((each) => each.width === now.width && each.height === now.height)) return [];
	return Object.entries(sizeOf(held)).map(([address, value]) => [at + address, value]);
}
