import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { type Engine, Weights } from "mutoscope/inference";
import type * as z from "zod";
import type { Compared } from "./compare.ts";
import { readStored, type Stored } from "./safetensors.ts";

/** Limit of a single pass, and of any step whose inputs are the stored ones. */
export const SINGLE = 1e-4;
/** Limit of what ran freely over several blocks. */
export const FREE = 3e-4;

/** A kind of golden case: which folders are of it, and how one is run. One file in `cases/`, one line in `registry.ts`. */
export interface CaseKind {
	/** What it is called where runs are reported. */
	readonly name: string;
	/** Whether a `config.json` is of this kind. Looks at the fields it has, never at the name of the case. */
	matches(config: unknown): boolean;
	/** Runs the case and yields each output as soon as it is compared. Throws if the folder cannot be run. */
	run(folder: CaseFolder, engine: Engine): AsyncIterable<Compared>;
}

/** One case on disk: `config.json`, `io.safetensors`, and `weights.safetensors` where it has weights. */
export class CaseFolder {
	/** The folder's name. */
	readonly name: string;
	/** The folder. */
	readonly path: string;
	/** What is in `config.json`, unchecked. */
	readonly config: unknown;
	readonly #tensors: ReadonlyMap<string, Stored>;
	readonly #unread: Set<string>;

	private constructor(path: string, config: unknown, tensors: ReadonlyMap<string, Stored>) {
		this.name = basename(path);
		this.path = path;
		this.config = config;
		this.#tensors = tensors;
		this.#unread = new Set(tensors.keys());
	}

	/** Reads a folder. @throws if `config.json` or `io.safetensors` is missing or malformed. */
	static async open(path: string): Promise<CaseFolder> {
		const config: unknown = JSON.parse(await readFile(join(path, "config.json"), "utf8"));
		return new CaseFolder(path, config, await readStored(join(path, "io.safetensors")));
	}

	/** The config, as the kind's schema has it. @throws with the path of the field that does not fit. */
	read<S extends z.ZodType>(schema: S): z.output<S> {
		return schema.parse(this.config);
	}

	/** The names of all stored tensors, in no order. */
	get names(): readonly string[] {
		return [...this.#tensors.keys()];
	}

	/** The stored tensors that nobody has asked for yet: after a run these were not compared. */
	get unread(): readonly string[] {
		return [...this.#unread];
	}

	/** Whether there is a stored tensor of this name. */
	has(name: string): boolean {
		return this.#tensors.has(name);
	}

	/** A stored tensor. @throws if there is none. */
	tensor(name: string): Stored {
		const tensor = this.#tensors.get(name);
		if (!tensor) throw new Error(`io.safetensors has no ${name}`);
		this.#unread.delete(name);
		return tensor;
	}

	/** The elements of a stored tensor as fp32; integers are converted. */
	floats(name: string): Float32Array {
		const { data } = this.tensor(name);
		if (data instanceof Float32Array) return data;
		return Float32Array.from(data as ArrayLike<number | bigint>, Number);
	}

	/** The elements of a stored tensor as plain numbers, whatever its type. */
	numbers(name: string): readonly number[] {
		return Array.from(this.tensor(name).data as ArrayLike<number | bigint>, Number);
	}

	/** Whether the case has weights. */
	get hasWeights(): boolean {
		return existsSync(this.file("weights.safetensors"));
	}

	/** The weights of the case, opened in place. */
	weights(): Promise<Weights> {
		return Weights.open(this.file("weights.safetensors"));
	}

	/** The path of a file beside the config. */
	file(name: string): string {
		return join(this.path, name);
	}
}

/** Type that autoencoders are computed in: as the pipelines have it. */
export function pictureType({ provider }: Engine): "float32" | "float16" {
	return provider.dtype === "float32" ? "float32" : "float16";
}

/** Type that the text encoder is computed in: as the pipelines have it. Its sums are too large for fp16. */
export function textType({ provider }: Engine): "float32" | "bfloat16" {
	return provider.dtype === "bfloat16" ? "bfloat16" : "float32";
}
