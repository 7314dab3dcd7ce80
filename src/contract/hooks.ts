import { AsyncSeriesHook, AsyncSeriesWaterfallHook, SyncWaterfallHook } from "tapable";
import type { Frame } from "../media/frame.ts";
import type { Values } from "../params/schema.ts";

/** Where in the show a hook is called. */
export interface Moment {
	/** The session's name. */
	readonly session: string;
	/** Index of the chunk that is being made. */
	readonly chunk: number;
	/** Seconds since the session began. */
	readonly time: number;
}

/**
 * The hooks of a session, in the order they run. A tap that returns `undefined` changes nothing; one that returns another
 * frame closes the one it replaces. A tap that throws is switched off with its plugin, and what it was given goes on.
 */
export interface Hooks {
	/** The generator's values for this chunk: modulation. The session clamps what comes out to the ranges. */
	readonly params: SyncWaterfallHook<[Values, Moment]>;
	/** Each source frame before it is used. */
	readonly frameIn: AsyncSeriesWaterfallHook<[Frame, Moment]>;
	/** Each made frame before it is shown. */
	readonly frameOut: AsyncSeriesWaterfallHook<[Frame, Moment]>;
	/** The session ends, or the plugin is switched off. */
	readonly close: AsyncSeriesHook<[]>;
}

/** A tap of plugin `plugin` threw in `hook`. */
export type TapFailure = (plugin: string, hook: keyof Hooks, error: unknown) => void;

/**
 * Fresh hooks, every tap of which is guarded: one that throws or rejects is reported and never called again, and its
 * value goes through untouched. Hooks are rebuilt to switch a plugin on or off, since tapable cannot untap.
 */
export function createHooks(failed: TapFailure): Hooks {
	const hooks: Hooks = {
		params: new SyncWaterfallHook(["values", "moment"]),
		frameIn: new AsyncSeriesWaterfallHook(["frame", "moment"]),
		frameOut: new AsyncSeriesWaterfallHook(["frame", "moment"]),
		close: new AsyncSeriesHook([]),
	};
	const off = new Set<string>();
	for (const name of ["params", "frameIn", "frameOut", "close"] as const) {
		hooks[name].intercept({
			register: (tap) => ({ ...tap, fn: guard(tap.fn as Tap, tap.type, tap.name, name, off, failed) }),
		});
	}
	return hooks;
}

type Tap = (...args: unknown[]) => unknown;

function guard(fn: Tap, type: string, plugin: string, hook: keyof Hooks, off: Set<string>, failed: TapFailure): Tap {
	const fail = (error: unknown) => {
		off.add(plugin);
		failed(plugin, hook, error);
	};
	if (type === "promise") {
		return async (...args) => {
			if (off.has(plugin)) return undefined;
			try {
				return await fn(...args);
			} catch (error) {
				return fail(error);
			}
		};
	}
	return (...args) => {
		if (off.has(plugin)) return undefined;
		try {
			return fn(...args);
		} catch (error) {
			return fail(error);
		}
	};
}
