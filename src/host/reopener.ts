import { Backoff } from "../base/backoff.ts";
import { MutoscopeError } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import type { BridgeContext, Sink, SinkDefinition, Source, SourceDefinition } from "../contract/bridge.ts";
import { monotonic } from "../media/clock.ts";
import type { FramePool } from "../media/pool.ts";
import type { ParamsSchema } from "../params/meta.ts";
import type { Snapshot } from "../params/store.ts";
import type { Bell } from "../session/bell.ts";
import { Part } from "../session/part.ts";
import { sameWanted, type Wanted } from "../session/wish.ts";

/** Seconds of running well after which the next failure is the first one again. */
const HEALTHY = 10;

/** What a reopener needs. */
export interface ReopenerOptions {
	/** What is to be open now. */
	wanted(): Wanted<SourceDefinition | SinkDefinition>;
	/** How it is turned now. */
	snapshot(): Snapshot;
	/** Rung when either changed. */
	readonly bell: Bell;
	/** What the guest is told, and whom it can tell. */
	readonly surroundings: Pick<BridgeContext<unknown>, "session" | "config" | "show" | "turn">;
	readonly pool: FramePool;
	readonly log: Log;
	/** Uses what was opened, until it ends or the signal aborts. */
	use(opened: Source | Sink, signal: AbortSignal): Promise<void>;
	/** Told why it is not open, and `undefined` once it is. */
	because(reason: string | undefined): void;
	/** It is closed, and whatever it showed is past. */
	closed(): void;
}

/**
 * Keeps one source or sink open: opens it anew when another is wanted or one of its parameters needs it, and with backoff
 * when it fails for a reason that it can name. Anything else that it throws ends the process, which begins clean.
 */
export class Reopener {
	readonly #options: ReopenerOptions;
	readonly #backoff = new Backoff({ first: 0.25, most: 15 });
	#opened: Source | Sink | undefined;

	constructor(options: ReopenerOptions) {
		this.#options = options;
	}

	/** What the guest says of itself. */
	report(): Readonly<Record<string, unknown>> {
		return this.#opened?.report?.() ?? {};
	}

	/** Runs until `signal` aborts. Rejects with what the guest threw, if that is not an error raised on purpose. */
	async run(signal: AbortSignal): Promise<void> {
		const { wanted, bell } = this.#options;
		while (!signal.aborted) {
			const now = wanted();
			const again = await this.#attempt(now, signal);
			// What has ended stays as it is until something else is asked for; what failed is tried again.
			const at = again === undefined ? undefined : monotonic() + again;
			while (!signal.aborted && sameWanted(wanted(), now) && (at === undefined || monotonic() < at)) {
				await bell.heard(signal, at === undefined ? undefined : at - monotonic()).catch(() => undefined);
			}
		}
	}

	/** Opens and uses it once. Seconds until the next try; `undefined` if it came to its end. */
	async #attempt(now: Wanted<SourceDefinition | SinkDefinition>, signal: AbortSignal): Promise<number | undefined> {
		const { wanted, snapshot, bell, because, log } = this.#options;
		const part = new Part<ParamsSchema>(now.definition.params);
		part.take(snapshot());
		const listeners: ((address: string) => void)[] = [];
		const attempt = new AbortController();
		const unlisten = bell.listen(() => {
			if (!sameWanted(wanted(), now)) attempt.abort(new Error("it is opened anew"));
			for (const address of part.take(snapshot())) for (const listener of listeners) listener(address);
		});
		const end = () => attempt.abort(signal.reason);
		signal.addEventListener("abort", end);
		const began = monotonic();
		try {
			await this.#run(now, part, listeners, attempt.signal);
			return undefined;
		} catch (error) {
			if (attempt.signal.aborted) return 0;
			if (!(error instanceof MutoscopeError)) throw error;
			if (monotonic() - began > HEALTHY) this.#backoff.reset();
			because(error.message);
			log.warn(error.message, { code: error.toJSON().code });
			return this.#backoff.next();
		} finally {
			unlisten();
			signal.removeEventListener("abort", end);
		}
	}

	async #run(
		{ definition }: Wanted<SourceDefinition | SinkDefinition>,
		part: Part<ParamsSchema>,
		listeners: ((address: string) => void)[],
		signal: AbortSignal,
	): Promise<void> {
		const { snapshot, surroundings, pool, log, because, closed, use } = this.#options;
		const context = {
			...surroundings,
			params: () => part.read(snapshot()),
			onTrigger: (listener: (address: string) => void) => void listeners.push(listener),
			frame: pool.take.bind(pool),
			log,
		};
		const opened = await definition.open(context, signal);
		this.#opened = opened;
		try {
			because(undefined);
			await use(opened, signal);
		} finally {
			this.#opened = undefined;
			await opened[Symbol.asyncDispose]();
			closed();
		}
	}
}
