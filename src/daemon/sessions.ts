import { MutoscopeError } from "../base/errors.ts";
import { sessionName } from "../config.ts";
import type { AppliedFeed } from "./applied.ts";
import { sourceKinds } from "./parts.ts";
import { Show } from "./show.ts";
import type { SavedParts, Surroundings } from "./show-options.ts";
import type { SavedSession } from "./state.ts";
import { usualPipeline } from "./usual.ts";

/** What sessions need of the daemon. */
export interface SessionsOptions extends Surroundings {
	readonly applied: AppliedFeed;
}

/** The sessions that there are, by name. */
export class Sessions implements AsyncDisposable, Iterable<Show> {
	readonly #options: SessionsOptions;
	readonly #shows = new Map<string, Show>();

	constructor(options: SessionsOptions) {
		this.#options = options;
	}

	[Symbol.iterator](): Iterator<Show> {
		return this.#shows.values();
	}

	/** The names, in order of their beginning. */
	get names(): readonly string[] {
		return [...this.#shows.keys()];
	}

	/** Throws `session/unknown`. */
	get(name: string): Show {
		const show = this.#shows.get(name);
		if (!show) throw new MutoscopeError("session/unknown", { session: name });
		return show;
	}

	/** Begins a session. Throws `session/exists`, `pipeline/unknown`, `bridge/unknown`, `request/invalid`. */
	begin(name: string, chosen: { readonly pipeline?: string | undefined; readonly source?: string | undefined }): Show {
		const { catalogue } = this.#options;
		const pipeline = chosen.pipeline ?? usualPipeline(catalogue);
		const source = chosen.source ?? "none";
		catalogue.pipeline(pipeline);
		if (!sourceKinds(catalogue).some(({ id }) => id === source)) catalogue.bridge(source);
		return this.restore({ name, parts: { "/session": { "/pipeline": pipeline }, "/source": { "/kind": source } } });
	}

	/** Begins a session where it was left. Throws `session/exists`, `request/invalid`, `ring/exists`. */
	restore({ name, parts }: SavedSession): Show {
		const { log, applied, rewired, ...options } = this.#options;
		const valid = sessionName.safeParse(name);
		if (!valid.success) {
			throw new MutoscopeError("request/invalid", {
				reason: valid.error.issues[0]?.message ?? "the name is not valid",
			});
		}
		if (this.#shows.has(name)) throw new MutoscopeError("session/exists", { session: name });
		const show = new Show({
			...options,
			name,
			saved: parts satisfies SavedParts,
			log: log.with({ session: name }),
			applied: (revision, frame) => applied.report(name, revision, frame),
			rewired,
		});
		this.#shows.set(name, show);
		show.start();
		rewired();
		return show;
	}

	/** Ends a session. Throws `session/unknown`. */
	async end(name: string): Promise<void> {
		const show = this.get(name);
		this.#shows.delete(name);
		this.#options.rewired();
		await show[Symbol.asyncDispose]();
		this.#options.applied.forget(name);
	}

	/** Other guests are there than before. Resolves once every session plays with them. */
	async follow(): Promise<void> {
		await Promise.all([...this.#shows.values()].map((show) => show.follow()));
	}

	/** What is to be kept of them. */
	save(): readonly SavedSession[] {
		return [...this.#shows.values()].map((show) => ({ name: show.name, parts: show.save() }));
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await Promise.all(this.names.map((name) => this.end(name)));
	}
}
