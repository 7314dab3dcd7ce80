import { hostname } from "node:os";
import { type BridgeContext, type Frame, FramePool, monotonic, type RingFrame, type Sink } from "mutoscope/sdk";
import type * as z from "zod";
import { even } from "./even.ts";
import { networkName } from "./names.ts";
import type { sinkParams } from "./params.ts";
import { RateMeter } from "./rate.ts";
import { Remote } from "./remote.ts";
import { loadRuntime } from "./runtime.ts";
import { type OnAir, Sender } from "./sender.ts";

type Context = BridgeContext<z.output<typeof sinkParams>>;

/** Seconds between looks at lights and messages. */
const LOOK = 0.05;

/** Seconds without a new picture after which the last is sent again, so that whoever connects sees it. */
const AGAIN = 1;

/** Messages that are read at one look, and thrown away besides, so that none pile up. */
const MOST = { read: 16, taken: 1000 };

/** Opens a source on the network. Throws `bridge/unavailable`. */
export async function openSink(context: Context): Promise<Sink> {
	const runtime = loadRuntime(context.config);
	const { name, groups } = context.params();
	const called = networkName(name || `Mutoscope ${context.session}`, hostname());
	return new NdiSink(context, new Sender(runtime, called, groups));
}

class NdiSink implements Sink {
	readonly #context: Context;
	readonly #sender: Sender;
	readonly #remote: Remote;
	readonly #rate = new RateMeter();
	readonly #pool = new FramePool();
	readonly #timer: NodeJS.Timeout;
	#last: Frame | undefined;
	#sentAt = 0;
	#sent = 0;
	#repeated = 0;
	#ignored = 0;
	#onAir: OnAir = { program: false, preview: false, receivers: 0 };
	#closed = false;

	constructor(context: Context, sender: Sender) {
		this.#context = context;
		this.#sender = sender;
		this.#remote = new Remote({
			allowed: () => context.params().remote,
			turn: context.turn,
			say: (xml) => this.#closed || sender.say(xml),
		});
		sender.greet(
			'<ndi_product long_name="Mutoscope" short_name="Mutoscope" manufacturer="Mutoscope" session="default"/>',
		);
		this.#timer = setInterval(() => this.#look(), LOOK * 1000);
	}

	async write(frame: Frame): Promise<void> {
		using given = frame;
		if (this.#closed) return;
		const now = monotonic();
		const { shown = now } = given as Partial<RingFrame>;
		this.#rate.frame(shown);
		// Kept until the next one: the runtime is given the place of its pixels, and the last one may be sent again.
		this.#last?.close();
		this.#last = even(given, (size) => this.#pool.take(size, { alpha: given.alpha }));
		this.#send(this.#last, Math.min(shown, now));
		this.#sent++;
	}

	report() {
		const { width = 0, height = 0 } = this.#last?.size ?? {};
		const { n, d } = this.#rate.rate;
		const { obeyed, refused } = this.#remote.counts;
		const counts = { sent: this.#sent, repeated: this.#repeated, obeyed, refused, ignored: this.#ignored };
		return { name: this.#sender.name, fps: n / d, width, height, ...this.#onAir, ...counts };
	}

	async [Symbol.asyncDispose](): Promise<void> {
		if (this.#closed) return;
		this.#closed = true;
		clearInterval(this.#timer);
		this.#sender[Symbol.dispose]();
		this.#last?.close();
	}

	#send(frame: Frame, shown: number): void {
		const { alpha } = this.#context.params();
		const straight = alpha === "auto" ? frame.alpha : alpha === "straight";
		const timecode = BigInt(Math.round(Date.now() * 10_000 - (monotonic() - shown) * 1e7));
		this.#sender.send(frame, straight, this.#rate.rate, timecode);
		this.#sentAt = monotonic();
	}

	#look(): void {
		const now = this.#sender.onAir();
		const { program, preview, receivers } = this.#onAir;
		const isNew = now.receivers > receivers;
		if (isNew || now.receivers < receivers || now.program !== program || now.preview !== preview) {
			this.#onAir = now;
			this.#context.show({ "/program": now.program, "/preview": now.preview, "/receivers": now.receivers });
		}
		if (this.#last && now.receivers > 0 && (isNew || monotonic() - this.#sentAt > AGAIN)) {
			this.#send(this.#last, monotonic());
			this.#repeated++;
		}
		for (let count = 0; count < MOST.taken; count++) {
			const message = this.#sender.hear();
			if (!message) break;
			if (count < MOST.read)
				void this.#remote.hear(message); // it never rejects
			else this.#ignored++;
		}
	}
}
