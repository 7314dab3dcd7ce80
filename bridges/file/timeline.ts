import { unreadable } from "./path.ts";
import type { Decoded, Reader } from "./reader.ts";

/** Seconds that times in files are off by rounding. */
const NEAR = 1e-3;

/** A picture with its place on a timeline that goes on over loops and jumps. */
export interface Slot extends Decoded {
	/** From when to when it is shown, in seconds since the timeline began. */
	readonly begin: number;
	/** See `begin`. */
	readonly end: number;
}

/** A file as one endless row of pictures. One call at a time. */
export class Timeline {
	readonly #path: string;
	readonly #reader: Reader;
	/** When the file's first picture is shown in this pass. */
	#pass = 0;
	/** End of the newest picture, in seconds into the file. */
	#end = 0;
	#pictures = 0;
	#isWhole = true;
	#found: Decoded | undefined;
	#measured = 0;
	#isStill = false;
	#loops = 0;

	constructor(path: string, reader: Reader) {
		this.#path = path;
		this.#reader = reader;
	}

	/** Seconds of one pass: as measured, once there was one. */
	get duration(): number {
		return this.#measured || this.#reader.duration;
	}

	/** How often it began again. */
	get loops(): number {
		return this.#loops;
	}

	/** Whether it turned out to be a single picture. */
	get isStill(): boolean {
		return this.#isStill;
	}

	/** The next picture; `undefined` at the end, unless it begins again. The caller frees it. Throws `source/unreadable`. */
	async next(loop: boolean): Promise<Slot | undefined> {
		const next = await this.#take();
		if (next) return this.#placed(next);
		if (this.#isWhole && this.#pictures > 0) {
			this.#measured = this.#end;
			this.#isStill = this.#pictures === 1;
		}
		if (this.#isWhole && this.#pictures === 0) throw unreadable(this.#path, "there is no picture in it");
		if (!loop || this.#isStill) return undefined;
		await this.#reader.rewind();
		this.#pass += this.#end;
		this.#restart();
		this.#loops++;
		const first = await this.#take();
		if (!first) throw unreadable(this.#path, "it cannot be read again");
		return this.#placed(first);
	}

	/** Goes on with the picture that is shown at `time` seconds into the file, or the last one. */
	async seek(time: number): Promise<void> {
		if (this.#isStill) return;
		const here = this.#pass + this.#end;
		this.#found?.picture.free();
		this.#found = undefined;
		if (time > 0) await this.#reader.seek(time);
		else await this.#reader.rewind();
		this.#restart();
		this.#isWhole = time <= 0;
		let found: Decoded | undefined;
		for (;;) {
			const next = await this.#reader.next();
			if (!next) break;
			found?.picture.free();
			found = next;
			if (next.time + next.duration > time + NEAR) break;
		}
		this.#found = found;
		this.#pass = here - (found?.time ?? 0);
	}

	/** Frees what was found and not taken. */
	close(): void {
		this.#found?.picture.free();
		this.#found = undefined;
	}

	async #take(): Promise<Decoded | undefined> {
		const found = this.#found;
		this.#found = undefined;
		return found ?? (await this.#reader.next());
	}

	#restart(): void {
		this.#end = 0;
		this.#pictures = 0;
		this.#isWhole = true;
	}

	#placed(decoded: Decoded): Slot {
		this.#pictures++;
		this.#end = decoded.time + decoded.duration;
		return { ...decoded, begin: this.#pass + decoded.time, end: this.#pass + this.#end };
	}
}
