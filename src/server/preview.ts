import { MutoscopeError } from "../base/errors.ts";

/** A picture of a stream as it is sent, with its number. */
interface Shown {
	readonly sequence: number;
	readonly part: Uint8Array;
}

/** Makes the next picture. */
export type Grab = (signal: AbortSignal) => Promise<Uint8Array>;

/** How a stream of stills is made. */
export interface PreviewOptions {
	/** Pictures a second at most. */
	readonly fps: number;
	readonly grab: Grab;
	/** Called when the last viewer has left, or it ended. */
	readonly ended: () => void;
}

const BOUNDARY = "mutoscope-frame";

/** The media type of what `Preview` sends. */
export const MULTIPART = `multipart/x-mixed-replace; boundary=${BOUNDARY}`;

/** Seconds that a picture may be missing, while its process is started again, before the stream ends. */
const PATIENCE = 15;

/**
 * A stream of JPEGs with one maker for all its viewers. It works only while somebody looks; a viewer that reads slowly
 * gets the newest picture each time it is ready, and costs nothing in between.
 */
export class Preview {
	readonly #options: PreviewOptions;
	readonly #stop = new AbortController();
	readonly #waiting = new Set<() => void>();
	#viewers = 0;
	#shown: Shown | undefined;

	constructor(options: PreviewOptions) {
		this.#options = options;
	}

	/** A body for one more viewer. */
	view(): ReadableStream<Uint8Array> {
		if (this.#viewers++ === 0) void this.#run(); // `#run` never rejects
		let seen = 0;
		let left = false;
		const leave = () => {
			if (left) return;
			left = true;
			if (--this.#viewers === 0) this.close();
		};
		return new ReadableStream(
			{
				pull: async (controller) => {
					const next = await this.#after(seen, () => left);
					if (left) return;
					if (!next) {
						leave();
						controller.close();
						return;
					}
					seen = next.sequence;
					controller.enqueue(next.part);
				},
				cancel: () => {
					leave();
					this.#wake();
				},
			},
			{ highWaterMark: 1 },
		);
	}

	/** Ends it for all viewers. May be called twice. */
	close(): void {
		if (this.#stop.signal.aborted) return;
		this.#stop.abort();
		this.#options.ended();
		this.#wake();
	}

	async #run(): Promise<void> {
		const { fps, grab } = this.#options;
		const { signal } = this.#stop;
		let missing = performance.now();
		for (let due = performance.now(); !signal.aborted; ) {
			try {
				const part = partOf(await grab(signal));
				missing = performance.now();
				this.#shown = { sequence: (this.#shown?.sequence ?? 0) + 1, part };
				this.#wake();
			} catch (error) {
				const gone = error instanceof MutoscopeError && error.status < 500;
				if (gone || performance.now() - missing > PATIENCE * 1000) this.close();
			}
			due = Math.max(due + 1000 / fps, performance.now());
			await pause(due - performance.now(), signal);
		}
	}

	async #after(sequence: number, left: () => boolean): Promise<Shown | undefined> {
		for (;;) {
			if (this.#stop.signal.aborted || left()) return undefined;
			if (this.#shown && this.#shown.sequence > sequence) return this.#shown;
			await new Promise<void>((resolve) => this.#waiting.add(resolve));
		}
	}

	#wake(): void {
		const waiting = [...this.#waiting];
		this.#waiting.clear();
		for (const wake of waiting) wake();
	}
}

/** Previews that are being looked at, by what they show. */
export class Previews {
	readonly #open = new Map<string, Preview>();
	readonly #most: number;

	/** `most`: how many different ones at a time; each is an encoder at work. */
	constructor(most = 8) {
		this.#most = most;
	}

	/** One more viewer of the preview `key`, made by `grab` if nobody looks at it yet. Throws `request/too-many`. */
	view(key: string, fps: number, grab: Grab): ReadableStream<Uint8Array> {
		const open = this.#open.get(key);
		if (open) return open.view();
		if (this.#open.size >= this.#most) {
			throw new MutoscopeError("request/too-many", { reason: `${this.#most} different previews are open` });
		}
		const preview = new Preview({ fps, grab, ended: () => this.#open.delete(key) });
		this.#open.set(key, preview);
		return preview.view();
	}

	/** How many are being made. */
	get size(): number {
		return this.#open.size;
	}

	/** Ends them all. */
	close(): void {
		for (const preview of [...this.#open.values()]) preview.close();
	}
}

function partOf(picture: Uint8Array): Uint8Array {
	const head = `--${BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: ${picture.length}\r\n\r\n`;
	return Buffer.concat([Buffer.from(head), picture, Buffer.from("\r\n")]);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		const done = () => {
			clearTimeout(timer);
			signal.removeEventListener("abort", done);
			resolve();
		};
		const timer = setTimeout(done, Math.max(0, ms));
		signal.addEventListener("abort", done);
	});
}
