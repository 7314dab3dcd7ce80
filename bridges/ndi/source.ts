import { type BridgeContext, type Frame, monotonic, type Source, untilDue } from "mutoscope/sdk";
import type * as z from "zod";
import { Finder, type Found } from "./finder.ts";
import { isWanted } from "./names.ts";
import type { sourceParams } from "./params.ts";
import { Receiver } from "./receiver.ts";
import { loadRuntime } from "./runtime.ts";

type Context = BridgeContext<z.output<typeof sourceParams>>;

/** Seconds between looks at who is there. */
const LOOK = 0.2;

/** Seconds after which a source that is there and does not answer is called again. */
const PATIENCE = 3;

/** How often frame-sync is asked while the sender makes one picture: half of that time is what it may cost. */
const ASKS = 2;

/** Opens the reception of whatever source the parameter names. Throws `bridge/unavailable`. */
export async function openSource(context: Context): Promise<Source> {
	const runtime = loadRuntime(context.config);
	const finder = new Finder(runtime);
	try {
		return new NdiSource(context, finder, new Receiver(runtime, context.params().steady));
	} catch (error) {
		finder[Symbol.dispose]();
		throw error;
	}
}

class NdiSource implements Source {
	readonly #context: Context;
	readonly #finder: Finder;
	readonly #receiver: Receiver;
	#wanted = "";
	/** Whom we called last, and when. */
	#called: Found | undefined;
	#calledAt = 0;
	#lookAt = 0;
	#connected = false;
	#frames = 0;

	constructor(context: Context, finder: Finder, receiver: Receiver) {
		this.#context = context;
		this.#finder = finder;
		this.#receiver = receiver;
	}

	async next(signal: AbortSignal): Promise<Frame> {
		for (;;) {
			signal.throwIfAborted();
			const now = monotonic();
			if (now >= this.#lookAt) this.#look(now);
			const frame = await this.#receiver.picture(this.#context.frame);
			if (frame && !signal.aborted) {
				this.#frames++;
				return frame;
			}
			frame?.close();
			const pause = this.#connected ? 1 / (ASKS * this.#receiver.rate) : LOOK;
			if (this.#context.params().steady) await untilDue(now + pause, signal);
		}
	}

	report() {
		const { rate } = this.#receiver;
		const numbers = { name: this.#called?.name ?? "", connected: this.#connected, fps: rate, frames: this.#frames };
		return this.#connected ? numbers : { ...numbers, reason: this.#missing() };
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.#receiver[Symbol.asyncDispose]();
		this.#finder[Symbol.dispose]();
	}

	/** Calls the source that is wanted: when it is there, when it has come back, when it is another one. */
	#look(now: number): void {
		this.#lookAt = now + LOOK;
		const { name } = this.#context.params();
		if (name !== this.#wanted) {
			this.#wanted = name;
			this.#call(undefined, now);
		}
		const connected = this.#receiver.connected;
		if (connected !== this.#connected) {
			this.#connected = connected;
			this.#context.show({ "/connected": connected });
		}
		if (connected || name === "") return;
		const sources = this.#finder.sources();
		const found =
			sources.find((source) => source.name === name) ?? sources.find((source) => isWanted(source.name, name));
		const isNew = found?.name !== this.#called?.name || found?.url !== this.#called?.url;
		if (found && (isNew || now - this.#calledAt > PATIENCE)) this.#call(found, now);
	}

	#call(source: Found | undefined, now: number): void {
		this.#called = source;
		this.#calledAt = now;
		this.#receiver.connect(source);
	}

	#missing(): string {
		if (this.#wanted === "") return "No NDI® source is chosen.";
		const isThere = this.#finder.sources().some(({ name }) => isWanted(name, this.#wanted));
		return isThere ? `${this.#wanted} does not answer yet.` : `${this.#wanted} is not on the network.`;
	}
}
