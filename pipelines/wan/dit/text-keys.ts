import type { Tensor } from "mutoscope/inference";
import { freeAll } from "./sessions.ts";

/** What a transformer has made of one text: keys and values for each of its blocks. Owned by whoever asked for it. */
export class TextKeys implements Disposable {
	/** For the transformer's blocks. */
	readonly main: TextTensors;
	/** For the blocks of VACE's branch, if it has one. */
	readonly vace: TextTensors | undefined;

	/** What was tapped on the way, in fp32, by name. */
	readonly taps: Readonly<Record<string, Float32Array>>;

	/** For `Dit`. */
	constructor(main: TextTensors, vace: TextTensors | undefined, taps: Readonly<Record<string, Float32Array>>) {
		this.main = main;
		this.vace = vace;
		this.taps = taps;
	}

	/** Frees them. */
	[Symbol.dispose](): void {
		for (const tensors of [this.main, this.vace]) if (tensors) freeAll([...tensors.keys, ...tensors.values]);
	}
}

/** Keys and values [1, text, dim] for each block. */
export interface TextTensors {
	readonly keys: readonly Tensor[];
	readonly values: readonly Tensor[];
}

/** Takes them out of what a model gave. */
export function textTensors(outputs: Readonly<Record<string, Tensor>>, blocks: number): TextTensors {
	const list = (part: string) => Array.from({ length: blocks }, (_, i) => outputs[`${part}.${i}`] as Tensor);
	return { keys: list("keys"), values: list("values") };
}

/** Where a model shall leave them. */
export function textPlaces(blocks: number): Readonly<Record<string, "device">> {
	const names = Array.from({ length: blocks }, (_, i) => [`keys.${i}`, `values.${i}`]).flat();
	return Object.fromEntries(names.map((name) => [name, "device" as const]));
}

/** Gives them to a model. */
export function textFeeds({ keys, values }: TextTensors): Readonly<Record<string, Tensor>> {
	const named = (part: string, tensors: readonly Tensor[]) => tensors.map((tensor, i) => [`text.${part}.${i}`, tensor]);
	return Object.fromEntries([...named("keys", keys), ...named("values", values)]);
}
