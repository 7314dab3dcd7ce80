import { setTimeout } from "node:timers/promises";
import { MutoscopeError, monotonic, type Service, type ServiceContext } from "mutoscope/sdk";
import { Finder } from "./finder.ts";
import { loadRuntime } from "./runtime.ts";

/** Seconds that the first who asks waits for something to be found, and between two looks. */
const FIRST = 1;
const LOOK = 0.05;

/** Looks for sources from the first question on, and tells what is there: the list of the source's parameter. */
export function openService({ config }: ServiceContext): Service {
	let finder: Finder | undefined;
	let since = 0;
	return {
		async call(method, _, signal) {
			if (method !== "choices") throw new MutoscopeError("request/not-found", { path: method });
			if (!finder) {
				// Only now: what is missing is said to whoever asks, and does not end the process.
				finder = new Finder(loadRuntime(config));
				since = monotonic();
			}
			while (finder.sources().length === 0 && monotonic() - since < FIRST)
				await setTimeout(LOOK * 1000, null, { signal });
			return finder.sources().map(({ name }) => name);
		},
		report: () => ({ sources: finder?.sources().length ?? 0 }),
		async [Symbol.asyncDispose]() {
			finder?.[Symbol.dispose]();
		},
	};
}
