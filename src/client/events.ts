import type { Dispose } from "../base/dispose.ts";

/** Calls back those who asked, by name of the event. */
export class Events<Map extends Record<string, unknown>> {
	readonly #listeners: { [K in keyof Map]?: Set<(event: Map[K]) => void> } = {};

	/** Calls `listener` at every such event, until disposed. */
	on<K extends keyof Map>(name: K, listener: (event: Map[K]) => void): Dispose {
		const listeners = this.#listeners[name] ?? new Set();
		this.#listeners[name] = listeners;
		listeners.add(listener);
		return () => listeners.delete(listener);
	}

	/** Tells everyone who listens. */
	emit<K extends keyof Map>(name: K, event: Map[K]): void {
		for (const listener of this.#listeners[name] ?? []) listener(event);
	}
}
