import { open } from "node:fs/promises";
import { MutoscopeError } from "../../base/errors.ts";
import { DTYPES } from "../dtype.ts";
import { badFile, readExactly } from "./file.ts";
import { readWeights } from "./open.ts";
import type { Found, WeightRef } from "./ref.ts";
import { widen } from "./widen.ts";

/** How weights are found in files. */
export interface OpenOptions {
	/** Key of the dictionary that holds them, if the file has that key: `"generator"`. */
	readonly entry?: string;
	/** Prefixes that are taken away where every name has them, as often as that is so: `["model."]`. */
	readonly strip?: readonly string[];
}

/** Tensors in files, by name. Nothing but their places is in memory; there is nothing to close. */
export class Weights {
	readonly #refs: ReadonlyMap<string, Found>;

	private constructor(refs: ReadonlyMap<string, Found>) {
		this.#refs = refs;
	}

	/**
	 * Reads where the tensors of these files lie: `.safetensors`, `*.index.json` of shards, or what `torch.save` writes.
	 * Throws `weight/file` where one cannot be read, and where a tensor is in two of them.
	 */
	static async open(files: string | readonly string[], { entry, strip = [] }: OpenOptions = {}): Promise<Weights> {
		const refs = new Map<string, Found>();
		for (const file of typeof files === "string" ? [files] : files) {
			for (const ref of await readWeights(file)) {
				const other = refs.get(ref.name);
				if (other) badFile(file, `${ref.name} is in ${other.file}, too`);
				refs.set(ref.name, ref);
			}
		}
		const all = new Weights(refs);
		const inside = entry === undefined ? all : all.under(`${entry}.`);
		return (inside.names.length > 0 ? inside : all).#stripped(strip);
	}

	/** These tensors. Throws `TypeError` where two have one name. */
	static of(refs: Iterable<WeightRef>): Weights {
		return Weights.#from(refs);
	}

	static #from(refs: Iterable<Found>): Weights {
		const map = new Map<string, Found>();
		for (const ref of refs) {
			if (map.has(ref.name)) throw new TypeError(`two tensors are called ${ref.name}`);
			map.set(ref.name, ref);
		}
		return new Weights(map);
	}

	/** All names, in the order of the files. */
	get names(): readonly string[] {
		return [...this.#refs.keys()];
	}

	/** Whether there is a tensor of this name. */
	has(name: string): boolean {
		return this.#refs.has(name);
	}

	/**
	 * A tensor. Throws `weight/missing`, `weight/shape` if it is not of the shape that is asked for, and `weight/unusable` if it
	 * cannot be read in place.
	 */
	get(name: string, shape?: readonly number[]): WeightRef {
		const ref = this.#refs.get(name);
		if (!ref) throw new MutoscopeError("weight/missing", { name, file: this.#files() });
		if ("problem" in ref) {
			throw new MutoscopeError("weight/unusable", { name, file: ref.file, reason: ref.problem });
		}
		if (shape && shape.join() !== ref.shape.join()) {
			const [found, expected] = [ref.shape, shape].map((one) => `[${one.join(", ")}]`) as [string, string];
			throw new MutoscopeError("weight/shape", { name, file: ref.file, shape: found, expected });
		}
		return ref;
	}

	/** Those whose names begin with `prefix`, without it. */
	under(prefix: string): Weights {
		return this.rename((name) => (name.startsWith(prefix) ? name.slice(prefix.length) : undefined));
	}

	/** All under other names; those without one are left out. Throws `TypeError` where two get one name. */
	rename(map: (name: string) => string | undefined): Weights {
		const refs: Found[] = [];
		for (const ref of this.#refs.values()) {
			const name = map(ref.name);
			if (name !== undefined) refs.push(name === ref.name ? ref : { ...ref, name });
		}
		return Weights.#from(refs);
	}

	/** Throws `weight/extra` where there are tensors beside these: for files of which every part must be understood. */
	only(names: Iterable<string>): void {
		const known = new Set(names);
		const extra = this.names.filter((name) => !known.has(name));
		if (extra.length === 0) return;
		const list = extra.length > 5 ? [...extra.slice(0, 5), "…"] : extra;
		throw new MutoscopeError("weight/extra", { file: this.#files(), count: extra.length, names: list.join(", ") });
	}

	/** The elements of a tensor, as fp32 whatever they are in the file. */
	async read(name: string): Promise<Float32Array<ArrayBuffer>> {
		const { dtype, length } = this.get(name);
		return widen(dtype, await this.bytes(name), length / DTYPES[dtype].bytes);
	}

	/** The elements of a tensor, as they lie in the file. */
	async bytes(name: string): Promise<Uint8Array<ArrayBuffer>> {
		const { file, offset, length } = this.get(name);
		await using handle = await open(file);
		return await readExactly(handle, file, offset, length);
	}

	#stripped(prefixes: readonly string[]): Weights {
		const names = this.names;
		const common = prefixes.find((prefix) => names.length > 0 && names.every((name) => name.startsWith(prefix)));
		return common === undefined || common === "" ? this : this.under(common).#stripped(prefixes);
	}

	#files(): string {
		const files = [...new Set([...this.#refs.values()].map(({ file }) => file))];
		return files.length === 0 ? "no file" : files.join(", ");
	}
}
