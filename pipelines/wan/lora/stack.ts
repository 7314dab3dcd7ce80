import { Weights } from "mutoscope/inference";
import { MutoscopeError } from "mutoscope/sdk";
import type { LowRank } from "../dit/adapters.ts";
import type { Adapter } from "./adapter.ts";

/** Scales nearer than this are the same. */
const SAME = 1e-6;

/** The factors of a layer, in memory. */
interface Factors {
	readonly rank: number;
	readonly factor: number;
	readonly down: Float32Array;
	readonly up: Float32Array;
}

interface Entry {
	readonly file: string;
	readonly layers: ReadonlyMap<string, Factors>;
	scale: number;
}

/**
 * Adapters laid over a model while it runs: any number, one behind the other, each with a scale that may be turned at any
 * chunk. Their ranks are put side by side, so that the model's graph is the same for all of them.
 */
export class LoraStack {
	readonly #entries: Entry[] = [];

	/** The files on it, the lowest first, with their scales. */
	get adapters(): readonly { readonly file: string; readonly scale: number }[] {
		return this.#entries.map(({ file, scale }) => ({ file, scale }));
	}

	/**
	 * Puts an adapter on top.
	 *
	 * @returns the tensors to which it has a whole difference: these are left out, only merging can apply them.
	 * @throws MutoscopeError `lora/file` if it is nothing but such, or on the stack already.
	 */
	async add(adapter: Adapter, scale: number): Promise<readonly string[]> {
		const { file } = adapter;
		const refuse = (reason: string) => new MutoscopeError("lora/file", { file, reason });
		if (adapter.layers.length === 0) throw refuse("it changes whole tensors, which only permanent_merge can do");
		const layers = new Map<string, Factors>();
		for (const { module, down, up, rank, factor } of adapter.layers) {
			const weights = Weights.of([
				{ ...down, name: "down" },
				{ ...up, name: "up" },
			]);
			layers.set(module, { rank, factor, down: await weights.read("down"), up: await weights.read("up") });
		}
		if (this.#entries.some((entry) => entry.file === file)) throw refuse("it is in use already");
		this.#entries.push({ file, layers, scale });
		return adapter.differences.map(({ tensor }) => tensor);
	}

	/** Takes an adapter away. Returns whether it was there. */
	remove(file: string): boolean {
		const at = this.#entries.findIndex((entry) => entry.file === file);
		if (at >= 0) this.#entries.splice(at, 1);
		return at >= 0;
	}

	/** Sets the scale of an adapter. Returns whether it is there, and the scale another than before. */
	setScale(file: string, scale: number): boolean {
		const entry = this.#entries.find((entry) => entry.file === file);
		if (!entry || Math.abs(entry.scale - scale) < SAME) return false;
		entry.scale = scale;
		return true;
	}

	/** What lies over each layer, for the transformer's `Adapters`. */
	layers(): ReadonlyMap<string, LowRank> {
		return new Map([...this.scales()].map(([module, scale]) => [module, this.#joined(module, scale)]));
	}

	/** How much each rank counts, by layer: scale · α / rank. */
	scales(): ReadonlyMap<string, Float32Array> {
		const modules = new Set(this.#entries.flatMap(({ layers }) => [...layers.keys()]));
		return new Map(
			[...modules].map((module) => [
				module,
				Float32Array.from(
					this.#entries.flatMap(({ layers, scale }) => {
						const { rank, factor } = layers.get(module) ?? { rank: 0, factor: 0 };
						return new Array<number>(rank).fill(scale * factor);
					}),
				),
			]),
		);
	}

	#joined(module: string, scale: Float32Array): LowRank {
		const parts = this.#entries.flatMap(({ layers }) => layers.get(module) ?? []);
		const rank = scale.length;
		const [first, second] = parts as [Factors, Factors?];
		if (!second) return { rank, down: first.down, up: first.up, scale };
		const inputs = first.down.length / first.rank;
		const outputs = first.up.length / first.rank;
		const down = new Float32Array(rank * inputs);
		const up = new Float32Array(outputs * rank);
		let at = 0;
		for (const part of parts) {
			down.set(part.down, at * inputs);
			for (let i = 0; i < part.up.length; i++) {
				up[Math.floor(i / part.rank) * rank + at + (i % part.rank)] = part.up[i] as number;
			}
			at += part.rank;
		}
		return { rank, down, up, scale };
	}
}
