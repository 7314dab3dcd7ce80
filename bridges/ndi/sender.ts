import type { Frame } from "mutoscope/sdk";
import type { Address } from "./functions.ts";
import { FOURCC, KIND, METADATA, PROGRESSIVE, SEND, SOURCE, TALLY, VIDEO } from "./layout.ts";
import { addressOf, Native, nativeText, pointerAt, textAt } from "./native.ts";
import type { Rate } from "./rate.ts";
import { type Runtime, unavailable } from "./runtime.ts";

/** Bytes of a message of a receiver that are read. */
export const LONGEST = 16_384;

/** What a receiver says: its text, or that it is too long to be read. */
export type Message = { readonly text: string } | { readonly tooLong: true };

/** What receivers do with the picture. */
export interface OnAir {
	readonly program: boolean;
	readonly preview: boolean;
	readonly receivers: number;
}

/** One source on the network, ours. Every call is short and made on this thread: one that hangs is found out by the heartbeat. */
export class Sender implements Disposable {
	/** What the network calls it: `MACHINE (name)`. */
	readonly name: string;
	readonly #runtime: Runtime;
	readonly #running: Disposable;
	readonly #sender: Address;
	readonly #video = new Native(VIDEO.bytes);
	readonly #metadata = new Native(METADATA.bytes);
	readonly #tally = new Native(TALLY.bytes);
	#closed = false;

	/** Throws `bridge/unavailable`. `groups` are those who see it; everybody if empty. */
	constructor(runtime: Runtime, name: string, groups: string) {
		this.#runtime = runtime;
		this.#running = runtime.enter();
		using called = nativeText(name);
		using seenBy = nativeText(groups);
		using settings = new Native(SEND.bytes);
		settings.point(SEND.name, called.address);
		settings.point(SEND.groups, groups === "" ? 0n : seenBy.address);
		// Its own clock would hold every frame for one frame's time; frames come when they are due.
		this.#sender = runtime.functions.send_create(settings.address);
		if (!this.#sender) {
			this.#free();
			throw unavailable(
				`the runtime makes no source called ${name}: this process has one already, or it refuses the name`,
			);
		}
		this.name = nameOf(runtime, this.#sender) ?? name;
	}

	/** Sends a picture of even size. Returns when the runtime has done with its pixels. `timecode`: in 100 ns since 1970. */
	send(frame: Pick<Frame, "size" | "data">, alpha: boolean, { n, d }: Rate, timecode: bigint): void {
		const { size, data } = frame;
		const video = this.#video;
		video.write(VIDEO.width, size.width);
		video.write(VIDEO.height, size.height);
		video.write(VIDEO.fourcc, alpha ? FOURCC.RGBA : FOURCC.RGBX);
		video.write(VIDEO.rateN, n);
		video.write(VIDEO.rateD, d);
		video.write(VIDEO.format, PROGRESSIVE);
		video.view.setBigInt64(VIDEO.timecode, timecode, true);
		video.point(VIDEO.data, addressOf(data));
		video.write(VIDEO.stride, size.width * 4);
		this.#runtime.functions.send_send_video_v2(this.#sender, video.address);
		video.point(VIDEO.data, 0n);
	}

	/** What receivers do with it now. */
	onAir(): OnAir {
		const { send_get_tally, send_get_no_connections } = this.#runtime.functions;
		send_get_tally(this.#sender, this.#tally.address, 0);
		return {
			program: this.#tally.view.getUint8(TALLY.program) !== 0,
			preview: this.#tally.view.getUint8(TALLY.preview) !== 0,
			receivers: send_get_no_connections(this.#sender, 0),
		};
	}

	/** The next message of a receiver, if there is one. */
	hear(): Message | undefined {
		const { send_capture, send_free_metadata } = this.#runtime.functions;
		if (send_capture(this.#sender, this.#metadata.address, 0) !== KIND.metadata) return undefined;
		const length = this.#metadata.word(0);
		const text = length > LONGEST ? undefined : textAt(this.#metadata.pointer(METADATA.data), LONGEST);
		send_free_metadata(this.#sender, this.#metadata.address);
		return text === undefined ? { tooLong: true } : { text };
	}

	/** Tells all receivers something, in XML. */
	say(xml: string): void {
		this.#withMessage(xml, (address) => this.#runtime.functions.send_send_metadata(this.#sender, address));
	}

	/** Tells every receiver something when it connects, in XML. */
	greet(xml: string): void {
		this.#withMessage(xml, (address) => this.#runtime.functions.send_add_connection_metadata(this.#sender, address));
	}

	[Symbol.dispose](): void {
		if (this.#closed) return;
		this.#runtime.functions.send_destroy(this.#sender);
		this.#free();
	}

	#withMessage(xml: string, use: (address: Address) => void): void {
		using text = nativeText(xml);
		using message = new Native(METADATA.bytes);
		message.point(METADATA.data, text.address);
		use(message.address);
	}

	#free(): void {
		this.#closed = true;
		for (const native of [this.#video, this.#metadata, this.#tally]) native[Symbol.dispose]();
		this.#running[Symbol.dispose]();
	}
}

function nameOf({ functions }: Runtime, sender: Address): string | undefined {
	const source = functions.send_get_source_name(sender);
	if (!source) return undefined;
	return textAt(pointerAt(source, SOURCE.name), 1000);
}
