/// <reference lib="dom" preserve="true" />
import { Backoff } from "../base/backoff.ts";
import { reasonOf } from "../base/errors.ts";
import { type MediaStats, Peer, type PeerOptions } from "./peer.ts";

/** Seconds of silence that mean the other side is dead; of one that only holds a still picture, up to so many. */
const PATIENCE = { first: 1.5, most: 12 };

/** Seconds after which an attempt to connect has taken long. */
const LONG = 2;

/** `live` once frames come; `lost` while it connects again. */
export type MediaState = "connecting" | "live" | "lost" | "closed";

/** What a steady connection is made of, and whom it tells. */
export interface SteadyOptions extends Pick<PeerOptions, "endpoint" | "prepare"> {
	readonly iceServers?: readonly RTCIceServer[] | undefined;
	/** A new connection carries frames; the old one goes once this resolves. */
	readonly carries: (peer: Peer) => Promise<void>;
	readonly state?: ((state: MediaState, reason: string) => void) | undefined;
	readonly stats?: ((stats: MediaStats) => void) | undefined;
}

/** A connection that is made again whenever it dies. The dead one is kept until the new one carries frames. */
export class Steady {
	readonly #options: SteadyOptions;
	readonly #backoff = new Backoff({ first: 0.25, most: 1 });
	readonly #closed = new AbortController();
	#state: MediaState = "connecting";
	#iceServers: readonly RTCIceServer[];
	#patience = PATIENCE.first;
	#peer: Peer | undefined;
	#hurry: () => void = () => {};

	constructor(options: SteadyOptions) {
		this.#options = options;
		this.#iceServers = options.iceServers ?? [];
		this.#run().catch(() => {}); // ends by `close` only
	}

	get state(): MediaState {
		return this.#state;
	}

	/** Connects anew, without waiting for the old connection to be found dead. */
	retry(): void {
		this.#hurry();
	}

	close(): void {
		if (this.#closed.signal.aborted) return;
		this.#closed.abort(new Error("closed"));
		this.#peer?.close();
		this.#to("closed", "closed");
	}

	async #run(): Promise<void> {
		const { signal } = this.#closed;
		while (!signal.aborted) {
			try {
				const peer = await this.#attempt(signal);
				const began = performance.now();
				this.#to("live", "");
				const reason = await Promise.race([peer.ended, this.#hurried()]);
				// One that fell silent young and never said much may just hold its picture: it is asked less and less often.
				const seconds = (performance.now() - began) / 1000;
				const isQuiet = seconds < PATIENCE.first + 5 && peer.frames < 5 * seconds;
				this.#patience = isQuiet ? Math.min(PATIENCE.most, this.#patience * 2) : PATIENCE.first;
				this.#to("lost", reason);
			} catch (error) {
				this.#to("lost", reasonOf(error));
				const pause = new Promise((resolve) => setTimeout(resolve, this.#backoff.next() * 1000));
				await Promise.race([pause, this.#hurried()]);
			}
		}
	}

	/** Opens a connection. Who is in a hurry ends an attempt that takes long, since it may be with someone who died. */
	async #attempt(signal: AbortSignal): Promise<Peer> {
		const attempt = new AbortController();
		const began = performance.now();
		const end = () => attempt.abort(new Error("closed"));
		signal.addEventListener("abort", end);
		this.#hurry = () => {
			if (performance.now() - began > LONG * 1000) attempt.abort(new Error("asked to"));
		};
		try {
			return await this.#open(attempt.signal);
		} finally {
			signal.removeEventListener("abort", end);
		}
	}

	/** Resolves when somebody is in a hurry. */
	#hurried(): Promise<string> {
		return new Promise((resolve) => {
			this.#hurry = () => resolve("asked to");
		});
	}

	/** A new connection that carries frames, in the place of the one before. */
	async #open(signal: AbortSignal): Promise<Peer> {
		const { endpoint, prepare, carries, stats } = this.#options;
		const peer = await Peer.open(
			{ endpoint, prepare, stats, iceServers: this.#iceServers, patience: this.#patience },
			signal,
		);
		if (!this.#options.iceServers) this.#iceServers = peer.iceServers;
		try {
			await firstFrame(peer, signal);
			await carries(peer);
			this.#closed.signal.throwIfAborted();
		} catch (error) {
			peer.close();
			throw error;
		}
		this.#backoff.reset();
		const before = this.#peer;
		this.#peer = peer;
		before?.close();
		return peer;
	}

	#to(state: MediaState, reason: string): void {
		if (this.#state === "closed") return;
		this.#state = state;
		this.#options.state?.(state, reason);
	}
}

/** Resolves with the first frame that was received, or sent. */
function firstFrame(peer: Peer, signal: AbortSignal): Promise<void> {
	return new Promise((resolve, reject) => {
		const timer = setInterval(() => {
			if (peer.frames === 0) return;
			clearInterval(timer);
			resolve();
		}, 50);
		const fail = (reason: string) => {
			clearInterval(timer);
			reject(new Error(reason));
		};
		peer.ended.then(fail, fail);
		signal.addEventListener("abort", () => fail("closed"), { once: true });
	});
}
