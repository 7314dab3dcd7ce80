import { AsyncSeriesHook, AsyncSeriesWaterfallHook } from "tapable";
import type { Frame } from "../media/frame.ts";
import type { Values } from "../params/schema.ts";
import { guard, type HookName, type Tap, type TapFailure } from "./guard.ts";

/** Where in the show a hook is called. */
export interface Moment {
	/** The session's name. */
	readonly session: string;
	/** Index of the chunk that is being made. */
	readonly chunk: number;
	/** Seconds since the session began, without those in which it was paused. */
	readonly time: number;
}

/**
 * The hooks of a session, in the order they run. A tap that returns `undefined` changes nothing; one that returns another
 * frame need not close the one it replaces, and may. A tap that throws, returns nonsense or takes longer than a second is
 * switched off with its plugin, and what it was given goes on untouched.
 */
export interface Hooks {
	/** The generator's values for this chunk: modulation. The session clamps what comes out to the ranges. */
	readonly params: AsyncSeriesWaterfallHook<[Values, Moment]>;
	/** Each source frame before it is fitted and used. */
	readonly frameIn: AsyncSeriesWaterfallHook<[Frame, Moment]>;
	/** Each made frame before it is shown. */
	readonly frameOut: AsyncSeriesWaterfallHook<[Frame, Moment]>;
	/** The session ends, or plugins are switched: these hooks are never called again. Called for failed plugins too. */
	readonly close: AsyncSeriesHook<[]>;
}

/**
 * Fresh hooks, every tap of which is guarded: one that fails is reported, and its plugin is not called again by these
 * hooks. Hooks are rebuilt to switch a plugin on or off, since tapable cannot untap.
 *
 * `pluginOf` says whose a tap is that is being put in; its name unless said.
 */
export function createHooks(failed: TapFailure, pluginOf: (tap: string) => string = (tap) => tap): Hooks {
	const hooks: Hooks = {
		params: new AsyncSeriesWaterfallHook(["values", "moment"]),
		frameIn: new AsyncSeriesWaterfallHook(["frame", "moment"]),
		frameOut: new AsyncSeriesWaterfallHook(["frame", "moment"]),
		close: new AsyncSeriesHook([]),
	};
	const off = new Set<string>();
	for (const hook of Object.keys(hooks) as HookName[]) {
		hooks[hook].intercept({
			register: (tap) => {
				if (tap.type === "async") throw new TypeError(`${tap.name} uses tapAsync; use tap or tapPromise`);
				const how = { plugin: pluginOf(tap.name), hook, promised: tap.type === "promise", off, failed };
				return { ...tap, fn: guard(tap.fn as Tap, how) };
			},
		});
	}
	return hooks;
}
