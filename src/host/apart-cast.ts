import type { Log } from "../base/log.ts";
import type { PluginDefinition } from "../contract/plugin.ts";
import { monotonic } from "../media/clock.ts";
import type { Snapshot } from "../params/store.ts";
import { Apart } from "../session/apart/caller.ts";
import { type GuestRef, loadGuest } from "./guest.ts";
import type { ApartRef } from "./messages.ts";

/** What a session's plugins need that run apart. */
export interface ApartCastOptions {
	/** How the plugin `id` is turned now. */
	turned(id: string): Snapshot;
	/** Told why frames go on without the plugin `id`, and `undefined` once they do not. */
	because(id: string, reason: string | undefined): void;
	readonly log: Log;
}

/** The plugins of a session's cast: those that run here are loaded, those that run apart are stood in for. */
export class ApartCast implements Disposable {
	readonly #options: ApartCastOptions;
	/** By the name of their rings: a cast that is changed keeps those that stay. */
	readonly #aparts = new Map<string, Apart>();

	constructor(options: ApartCastOptions) {
		this.#options = options;
	}

	/** A plugin, wherever it runs. Throws `guest/invalid`. */
	async load(ref: GuestRef | ApartRef): Promise<PluginDefinition> {
		return "module" in ref ? loadGuest("plugin", ref) : this.#apart(ref).plugin;
	}

	/** What each that runs apart costs, by its id. */
	report(): Readonly<Record<string, ReturnType<Apart["report"]>>> {
		return Object.fromEntries([...this.#aparts.values()].map((apart) => [apart.plugin.id, apart.report()]));
	}

	/** Lets go of them all. */
	[Symbol.dispose](): void {
		for (const apart of this.#aparts.values()) apart[Symbol.dispose]();
	}

	#apart({ id, ring }: ApartRef): Apart {
		const known = this.#aparts.get(ring);
		if (known) return known;
		const { turned, because, log } = this.#options;
		const apart = new Apart({
			id,
			ring,
			turned: () => turned(id),
			clock: monotonic,
			log,
			because: (reason) => because(id, reason),
		});
		this.#aparts.set(ring, apart);
		return apart;
	}
}
