import type { Commit } from "../../params/store.ts";
import { AppliedWatch } from "../applied.ts";
import type { Showing } from "../showing.ts";
import { encode } from "./encode.ts";
import { LEASE } from "./feedback.ts";
import { oscMessage, type Send } from "./peer.ts";

/** Peers that are told at once. */
const MOST = 64;

/** Who is told, and where. */
export interface AckPlace {
	readonly send: Send;
	/** Whether what was sent before has gone; what comes until then is not told. */
	readonly ready: () => boolean;
	/** Whether it ends after a while unless asked for again. */
	readonly leased: boolean;
}

/** Tells OSC peers who asked for it in which frame each of their changes became visible: `/applied ,ssii`; of a ramp twice, `,ssiis`. */
export class Acks implements Disposable {
	readonly #clock: () => number;
	readonly #watch: AppliedWatch;
	readonly #places = new Map<string, AckPlace & { readonly expires: number }>();
	readonly #waiting = new Map<number, { readonly origin: string; readonly address: string }>();
	#last = 0;

	constructor(context: Showing, clock: () => number) {
		this.#clock = clock;
		this.#watch = new AppliedWatch(context, ({ id, session, rev, frame, travel }) => {
			const waiting = this.#waiting.get(id as number);
			if (travel !== "begun") this.#waiting.delete(id as number);
			const place = waiting && this.#places.get(waiting.origin);
			if (!waiting || !place?.ready()) return;
			const said = [waiting.address, session, rev, frame];
			place.send(
				encode(travel ? oscMessage("/applied", "ssiis", [...said, travel]) : oscMessage("/applied", "ssii", said)),
			);
		});
	}

	/** Tells a peer from now on. Returns whether there is room for another. */
	begin(origin: string, place: AckPlace): boolean {
		this.#expire();
		if (this.#places.size >= MOST && !this.#places.has(origin)) return false;
		const expires = place.leased ? this.#clock() + LEASE : Number.POSITIVE_INFINITY;
		this.#places.set(origin, { ...place, expires });
		return true;
	}

	/** Tells it no more. */
	end(origin: string): void {
		this.#places.delete(origin);
	}

	/** A peer changed something, at this address first. */
	await(origin: string, address: string, commit: Commit): void {
		const place = this.#places.get(origin);
		if (!place) return;
		if (place.expires < this.#clock()) {
			this.end(origin);
			return;
		}
		const id = ++this.#last;
		// Those that nobody will ever hear of, because their session ended.
		for (const old of this.#waiting.keys()) if (old < id - 4096) this.#waiting.delete(old);
		this.#waiting.set(id, { origin, address });
		this.#watch.await(id, commit);
	}

	[Symbol.dispose](): void {
		this.#watch[Symbol.dispose]();
		this.#places.clear();
		this.#waiting.clear();
	}

	#expire(): void {
		const now = this.#clock();
		for (const [origin, { expires }] of this.#places) if (expires < now) this.#places.delete(origin);
	}
}
