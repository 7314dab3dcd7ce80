import { type Frame, type Log, reasonOf, type Size } from "mutoscope/sdk";
import { toPixels } from "./pixels.ts";
import { type VaceInput, vaceContext } from "./vace/context.ts";
import { GROUP } from "./vace/extension.ts";
import { preparedReference } from "./vace/reference.ts";
import { StandingEncoder } from "./vace/standing.ts";
import type { Vae } from "./vae/vae.ts";

/** Pictures that the panel names. */
export interface GuidancePictures {
	readonly reference: string;
	readonly first: string;
	readonly last: string;
}

/** What guidance needs. */
export interface GuidanceParts {
	readonly size: Size;
	/** Pixel frames of a chunk without the extra one of the first. */
	readonly length: number;
	readonly vae: Pick<Vae, "encode">;
	readonly log: Log;
	picture(path: string, signal: AbortSignal): Promise<Frame>;
}

/** What a chunk is guided by. */
export interface Guides {
	/** Frames of the video that comes in, [3, height, width] each in [-1, 1]; none if it is not to guide. */
	readonly frames: readonly Float32Array[];
	/** Where it is to be made anew, [height, width] each in [0, 1]. */
	readonly masks?: readonly Float32Array[] | undefined;
}

/** Turns the pictures and frames that shall guide a chunk into VACE's context. */
export class Guidance {
	readonly #parts: GuidanceParts;
	readonly #vae: StandingEncoder;
	/** Pictures by what they are for; `undefined` for one that could not be read. */
	readonly #pictures = new Map<string, { readonly path: string; readonly pixels: Float32Array | undefined }>();
	/** First and last pictures that were used: each is for one chunk. */
	readonly #used = new Map<"first" | "last", string>();

	constructor(parts: GuidanceParts) {
		this.#parts = parts;
		this.#vae = new StandingEncoder(parts.vae);
	}

	/** The context of a chunk, [frames, 96, height/8, width/8]; `undefined` when nothing guides it. */
	async context(named: GuidancePictures, guides: Guides, signal: AbortSignal): Promise<Float32Array | undefined> {
		const { size, length } = this.#parts;
		const { height, width } = size;
		const reference = await this.#picture("reference", named.reference, signal);
		const first = await this.#once("first", named.first, signal);
		// A chunk that has room for one of them takes the other the next time.
		const both = length >= 2 * GROUP;
		const last = first && !both ? undefined : await this.#once("last", named.last, signal);
		const input: VaceInput = {
			...(reference && { references: [reference] }),
			first,
			last,
			...(guides.frames.length > 0 && { frames: guides.frames, masks: guides.masks }),
		};
		const context = await vaceContext(input, { height, width, length, vae: this.#vae, signal });
		return context?.data;
	}

	async #once(which: "first" | "last", path: string, signal: AbortSignal): Promise<Float32Array | undefined> {
		if (path === "") this.#used.delete(which);
		if (path === "" || this.#used.get(which) === path) return undefined;
		this.#used.set(which, path);
		return this.#picture(which, path, signal);
	}

	async #picture(which: string, path: string, signal: AbortSignal): Promise<Float32Array | undefined> {
		if (path === "") return undefined;
		const known = this.#pictures.get(which);
		if (known?.path === path) return known.pixels;
		let pixels: Float32Array | undefined;
		try {
			using frame = await this.#parts.picture(path, signal);
			const { width, height } = this.#parts.size;
			pixels = which === "reference" ? preparedReference(frame, height, width) : toPixels(frame, height, width);
		} catch (error) {
			signal.throwIfAborted();
			this.#parts.log.warn("a picture that was to guide is left out", { path, reason: reasonOf(error) });
		}
		this.#pictures.set(which, { path, pixels });
		return pixels;
	}
}

/** Frames one behind the other. */
export function joined(frames: readonly Float32Array[]): Float32Array {
	const [first] = frames;
	const all = new Float32Array(frames.length * (first?.length ?? 0));
	for (const [i, frame] of frames.entries()) all.set(frame, i * frame.length);
	return all;
}
