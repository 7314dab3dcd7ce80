import type { Dispose } from "../base/dispose.ts";
import { MutoscopeError } from "../base/errors.ts";
import type { ParamValue } from "../params/schema.ts";
import type { Change } from "../params/store.ts";
import { paramInfoOf } from "../protocol/info.ts";
import type { ParamInfo } from "../protocol/messages.ts";
import type { ControlContext } from "./context.ts";
import type { Line } from "./line.ts";
import { type Pattern, readPattern } from "./osc/pattern.ts";
import { Pace } from "./pace.ts";

/** Seconds after which a connection that had no room is asked again. */
const AGAIN = 0.05;

/** What a feed needs of its connection. */
export interface FeedOptions {
	readonly context: ControlContext;
	/** Whose own changes are not sent. */
	readonly origin: string;
	readonly line: Line;
	/** Told that everything up to a revision was sent. */
	readonly synced: (revision: number) => void;
}

/** Sends a client the parameters it asked for: the newest value of each, at a bounded rate, never back to who set it. */
export class ValueFeed implements Disposable {
	readonly #options: FeedOptions;
	readonly #pace: Pace;
	readonly #owned: readonly Dispose[];
	readonly #dirty = new Set<string>();
	readonly #fired = new Set<string>();
	#patterns: readonly Pattern[] = [];
	#wanted: ReadonlySet<string> = new Set();
	#restructured = false;

	constructor(options: FeedOptions) {
		const { store } = options.context;
		this.#options = options;
		this.#pace = new Pace(options.context, 60, () => this.#flush());
		this.#owned = [
			store.watch((change) => this.#changed(change)),
			store.watchStructure(() => {
				this.#restructured = true;
				this.#pace.ask();
			}),
		];
	}

	/** Chooses what to hear of, and how often. Throws `request/invalid` for what is no pattern. */
	choose(patterns: readonly string[], maxHz = this.#pace.hz): void {
		this.#patterns = patterns.map((pattern) => {
			const read = readPattern(pattern, { deep: true });
			if (!read) throw new MutoscopeError("request/invalid", { reason: `${pattern.slice(0, 80)} is no pattern` });
			return read;
		});
		this.#pace.hz = maxHz;
		this.#want();
	}

	/** Sends these, whoever set them; all that are wanted without any. */
	mark(addresses: Iterable<string> = this.#wanted): void {
		for (const address of addresses) if (this.#wanted.has(address)) this.#dirty.add(address);
		if (this.#dirty.size > 0) this.#pace.ask();
	}

	/** Every parameter, as clients see it. */
	tree(): ParamInfo[] {
		return this.#options.context.store.list().map(paramInfoOf);
	}

	/** The wanted values that changed after a revision. */
	since(revision: number): Record<string, ParamValue> {
		const changed = Object.entries(this.#options.context.store.since(revision));
		return Object.fromEntries(changed.filter(([address]) => this.#wanted.has(address)));
	}

	[Symbol.dispose](): void {
		for (const stop of this.#owned) stop();
		this.#pace[Symbol.dispose]();
	}

	#changed({ origin, values, fired }: Change): void {
		const own = origin === this.#options.origin;
		for (const address of values.keys()) {
			if (!this.#wanted.has(address)) continue;
			if (own) this.#dirty.delete(address);
			else this.#dirty.add(address);
		}
		if (!own) for (const address of fired) if (this.#wanted.has(address)) this.#fired.add(address);
		if (this.#dirty.size > 0 || this.#fired.size > 0) this.#pace.ask();
	}

	#want(): void {
		const wanted = new Set<string>();
		for (const [address, { address: full }] of this.#options.context.store.addresses()) {
			if (!wanted.has(full) && this.#patterns.some((pattern) => pattern.matches(address))) wanted.add(full);
		}
		this.#wanted = wanted;
	}

	#flush(): void {
		const { context, line, synced } = this.#options;
		const { store } = context;
		if (!line.roomy()) {
			this.#pace.ask(AGAIN);
			return;
		}
		const { revision: rev } = store;
		if (this.#restructured) {
			this.#restructured = false;
			this.#want();
			line.send({ op: "tree", rev, tree: this.tree(), values: this.since(0) });
		} else if (this.#dirty.size > 0 || this.#fired.size > 0) {
			const values = Object.fromEntries([...this.#dirty].map((address) => [address, store.get(address)]));
			line.send({ op: "values", rev, values, ...(this.#fired.size > 0 ? { fired: [...this.#fired] } : {}) });
		}
		this.#dirty.clear();
		this.#fired.clear();
		synced(rev);
	}
}
