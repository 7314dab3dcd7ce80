import { Engine } from "mutoscope/inference";
import { Dit, type DitOptions, type ForwardInputs } from "../../../../pipelines/wan/dit/dit.ts";
import type { TextKeys } from "../../../../pipelines/wan/dit/text-keys.ts";
import { input } from "../../../golden/recipe.ts";
import { ditShapes } from "./shapes.ts";
import { madeWeights, TINY } from "./tiny.ts";

/** Size of the tiny transformer's latents. */
export const SIZE = { rows: 4, columns: 4 };

/** Elements of one of its latent frames. */
export const FRAME = TINY.inChannels * SIZE.rows * SIZE.columns;

/** What several tests of one file share. */
export interface Bench extends AsyncDisposable {
	readonly engine: Engine;
	/** A tiny transformer, and a text that it has read. */
	open(options?: Partial<DitOptions>, engine?: Engine): Promise<{ dit: Dit; text: TextKeys } & AsyncDisposable>;
}

/** Opens an engine and makes weights for tiny transformers. */
export async function openBench(): Promise<Bench> {
	const engine = await Engine.open({ provider: "cpu", threads: 1 });
	const { weights, remove } = await madeWeights(ditShapes(TINY));
	return {
		engine,
		async open(options = {}, other = engine) {
			const dit = new Dit(other, { config: TINY, weights, size: SIZE, ...options });
			const text = await dit.read(input("ctxA", [1, TINY.textLength, TINY.textDim]));
			return {
				dit,
				text,
				async [Symbol.asyncDispose]() {
					text[Symbol.dispose]();
					await dit[Symbol.asyncDispose]();
				},
			};
		},
		async [Symbol.asyncDispose]() {
			await engine[Symbol.asyncDispose]();
			await remove();
		},
	};
}

/** Latents of a name. */
export function latentsOf(name: string, frames: number): Float32Array {
	return input(name, [frames, TINY.inChannels, SIZE.rows, SIZE.columns]);
}

/** Inputs of a denoising pass over three frames. */
export function denoising(text: TextKeys, start = 0): ForwardInputs {
	const pass = { start, frames: 3, kind: "denoise" as const, opens: true };
	return { latents: latentsOf(`x${start}`, 3), timesteps: 500, text, pass };
}

/** The largest difference of two arrays. */
export function apart(a: ArrayLike<number>, b: ArrayLike<number>): number {
	let most = a.length === b.length ? 0 : Number.POSITIVE_INFINITY;
	for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs((a[i] as number) - (b[i] as number)));
	return most;
}
