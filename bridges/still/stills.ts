import type { RingFrame } from "mutoscope/sdk";
import { StillEncoder, type Style } from "./encoder.ts";

/** Encoders that are kept for the next picture of their kind, and pictures for the next who asks for the same. */
const KEEP = 4;

/** Makes files of frames, one after the other. A frame that was made already is not made again. */
export class Stills implements AsyncDisposable {
	readonly #encoders = new Map<string, StillEncoder>();
	readonly #made = new Map<string, { readonly sequence: number; readonly file: Promise<Uint8Array> }>();
	#work: Promise<unknown> = Promise.resolve();

	/** The bytes of a PNG or JPEG file. The frame stays the caller's, and open until this resolves. */
	make(session: string, frame: RingFrame, style: Style): Promise<Uint8Array> {
		const { format, quality, width } = style;
		const key = [session, format, format === "jpeg" ? quality : "", width].join("/");
		const known = this.#made.get(key);
		if (known?.sequence === frame.sequence) return known.file;
		const file = this.#queue(async () => (await this.#encoder(frame, style)).encode(frame));
		keep(this.#made, key, { sequence: frame.sequence, file });
		return file;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.#work;
		for (const encoder of this.#encoders.values()) encoder[Symbol.dispose]();
		this.#encoders.clear();
	}

	async #encoder({ size, alpha }: RingFrame, style: Style): Promise<StillEncoder> {
		const key = [size.width, size.height, alpha, style.format, style.quality, style.width].join("/");
		const encoder = this.#encoders.get(key) ?? (await StillEncoder.open(size, alpha, style));
		keep(this.#encoders, key, encoder)?.[Symbol.dispose]();
		return encoder;
	}

	#queue<T>(job: () => Promise<T>): Promise<T> {
		const done = this.#work.then(job);
		this.#work = done.catch(() => {}); // whoever asked hears of it
		return done;
	}
}

/** Puts a value at the end of a map and returns what fell out at its beginning. */
function keep<T>(map: Map<string, T>, key: string, value: T): T | undefined {
	map.delete(key);
	map.set(key, value);
	const [oldest] = map.size > KEEP ? map : [];
	if (oldest) map.delete(oldest[0]);
	return oldest?.[1];
}
