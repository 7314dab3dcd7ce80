import type { Dispose } from "../base/dispose.ts";
import type { ControlContext } from "./context.ts";
import type { Line } from "./line.ts";
import { Pace } from "./pace.ts";
import { scopeEntry, scopeParameters } from "./scope-names.ts";

/** At most so many messages a second: Scope's clients redraw a whole form for each. */
const RATE = 15;

/** Tells a client of Daydream Scope's data channel what others turned: `{"type": "parameters_updated", parameters}`. */
export class ScopeFeed implements Disposable {
	readonly #owned: readonly Dispose[];

	/** `at`: address of the session. Changes of `origin` are the client's own. */
	constructor(context: ControlContext, line: Line, at: string, origin: string) {
		const { store } = context;
		const dirty = new Set<string>();
		const pace = new Pace(context, RATE, () => {
			if (!line.roomy()) {
				pace.ask(1 / RATE);
				return;
			}
			const all = scopeParameters(store, at.slice(1));
			const parameters = Object.fromEntries([...dirty].filter((name) => name in all).map((name) => [name, all[name]]));
			dirty.clear();
			line.sendText(JSON.stringify({ type: "parameters_updated", parameters }));
		});
		const unwatch = store.watch((change) => {
			if (change.origin === origin) return;
			for (const address of change.values.keys()) {
				const name = address.startsWith(`${at}/`) ? scopeEntry(address.slice(at.length)) : undefined;
				if (name !== undefined) dirty.add(name);
			}
			if (dirty.size > 0) pace.ask();
		});
		this.#owned = [unwatch, () => pace[Symbol.dispose]()];
	}

	[Symbol.dispose](): void {
		for (const stop of this.#owned) stop();
	}
}
