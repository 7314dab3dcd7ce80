import type { Tensor } from "mutoscope/inference";
import { freeAll } from "./sessions.ts";

/** What a transformer has made of one text: keys and values for each of its blocks. Owned by whoever asked for it. */
export class TextKeys implements Disposable {
	/** For the transformer's blocks. */
	readonly main: TextTensors;
	/** For the blocks of VACE's branch, if it has one. */
	readonly vace: TextTensors | undefined;
	/** How many tokens the last key of each stands for: padding is all the same. */
	readonly padding: number;
	/** What was tapped on the way, in fp32, by name. */
	readonly taps: Readonly<Record<string, Float32Array>>;

	/** For `Dit`. */
	constructor(
		main: TextTensors,
		others: { vace?: TextTensors; padding: number; taps: Readonly<Record<string, Float32Array>> },
	) {
		this.main = main;
		this.vace = others.vace;
		this.padding = others.padding;
		this.taps = others.taps;
	}

	/** Frees them. */
	[Symbol.dispose](): void {
		for (const tensors of [this.main, this.vace]) if (tensors) freeAll([...tensors.keys, ...tensors.values]);
		this.main.bias?.dispose();
	}
}

/** Keys and values [1, text, dim] for each block. */
export interface TextTensors {
	readonly keys: readonly Tensor[];
	readonly values: readonly Tensor[];
	/** [1, 1, 1, text], if the last key stands for several: ln of how many. */
	readonly bias?: Tensor;
}

/** Takes them out of what a model gave. */
export function textTensors(outputs: Readonly<Record<string, Tensor>>, blocks: number, bias?: Tensor): TextTensors {
	const list = (part: string) => Array.from({ length: blocks }, (_, i) => outputs[`${part}.${i}`] as Tensor);
	return { keys: list("keys"), values: list("values"), ...(bias ? { bias } : {}) };
}

/** Where a model shall leave them. */
export function textPlaces(blocks: number): Readonly<Record<string, "device">> {
	const names = Array.from({ length: blocks }, (_, i) => [`keys.${i}`, `values.${i}`]).flat();
	return Object.fromEntries(names.map((name) => [name, "device" as const]));
}

/** Gives them to a model. */
export function textFeeds({ keys, values, bias }: TextTensors): Readonly<Record<string, Tensor>> {
	const named = (part: string, tensors: readonly Tensor[]) => tensors.map((tensor, i) => [`text.${part}.${i}`, tensor]);
	const others = bias ? [["text.bias", bias] as const] : [];
	return Object.fromEntries([...named("keys", keys), ...named("values", values), ...others]);
}

/** A text whose padding has been taken together. */
export interface Shortened {
	/** [tokens, textDim]: the last row is that of padding, if there is any. */
	readonly embeddings: Float32Array;
	/** How many tokens the last row stands for. */
	readonly padding: number;
}

/** From here on it pays to take padding together: the share of tokens that is left. */
const WORTHWHILE = 0.75;

/**
 * Takes the padding at the end of a text together. Its rows are zeros, so that all their keys are the same, and one that
 * counts as often gives the same attention: exp(s + ln n) = n · exp(s). A prompt of 60 tokens has 61 keys then, not 512.
 */
export function shortened(embeddings: Float32Array, width: number): Shortened {
	const rows = embeddings.length / width;
	let written = embeddings.length;
	while (written > 0 && embeddings[written - 1] === 0) written--;
	const kept = Math.ceil(written / width) + 1;
	if (kept > rows * WORTHWHILE) return { embeddings, padding: 1 };
	return { embeddings: embeddings.subarray(0, kept * width), padding: rows - kept + 1 };
}
