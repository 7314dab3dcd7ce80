import { Frame } from "../media/frame.ts";
import type { Values } from "../params/schema.ts";

/** Seconds that a tap may take over one call; a promise that never settles would hold the show. */
const DEADLINE = 1;

/** The name of a hook. */
export type HookName = "params" | "frameIn" | "frameOut" | "close";

/** A tap of plugin `plugin` failed in `hook`. */
export type TapFailure = (plugin: string, hook: HookName, error: unknown) => void;

/** A function put into a hook: what it is given first is what it may replace. */
export type Tap = (given: unknown, ...rest: unknown[]) => unknown;

/** What a guard must know of a tap. */
export interface Guarded {
	readonly plugin: string;
	readonly hook: HookName;
	/** Whether it was tapped with `tapPromise`. */
	readonly promised: boolean;
	/** Plugins that were switched off, by name. Shared by all taps of a set of hooks. */
	readonly off: Set<string>;
	readonly failed: TapFailure;
}

/** The same tap, never throwing: a failure is reported once, switches its plugin off and leaves what was given as it was. */
export function guard(tap: Tap, how: Guarded): Tap {
	const call = how.hook === "frameIn" || how.hook === "frameOut" ? withFrame(tap, how) : withAnything(tap, how);
	return (given, ...rest) => {
		if (!how.off.has(how.plugin) || how.hook === "close") return call(given, ...rest);
		return how.promised ? Promise.resolve() : undefined;
	};
}

function withAnything(tap: Tap, how: Guarded): Tap {
	const check = (result: unknown) => {
		// An async function put in with `tap`: nobody would wait for it, nor hear of its failure.
		if (result instanceof Promise) result.catch(() => undefined);
		if (how.hook !== "params" || result === undefined || isValues(result)) return result;
		throw new TypeError("it did not return values");
	};
	if (how.promised) {
		return (...args) => inTime(() => tap(...args)).then(check, (error) => fail(how, error));
	}
	return (...args) => {
		try {
			return check(tap(...args));
		} catch (error) {
			return fail(how, error);
		}
	};
}

/**
 * Frames have owners, so a tap is given a clone and the frame itself is kept back until the tap is through: whatever a
 * failing tap has closed, the frame goes on, and whatever it has not closed is closed here.
 */
function withFrame(tap: Tap, how: Guarded): Tap {
	const settle = (frame: Frame, lent: Frame, result: unknown) => {
		if (result === undefined || result === lent) return keep(lent);
		// An async function put in with `tap`: nobody would wait for it, nor hear of its failure.
		if (result instanceof Promise) result.catch(() => undefined);
		if (!(result instanceof Frame) || result.closed) {
			keep(lent);
			return fail(how, new TypeError("it returned something that is not an open frame"));
		}
		lent.close();
		frame.close();
		return result;
	};
	const keep = (lent: Frame) => {
		lent.close();
		return undefined;
	};
	if (how.promised) {
		return async (given, ...rest) => {
			const frame = given as Frame;
			const lent = frame.clone();
			try {
				return settle(frame, lent, await inTime(() => tap(lent, ...rest), closeLate));
			} catch (error) {
				lent.close();
				return fail(how, error);
			}
		};
	}
	return (given, ...rest) => {
		const frame = given as Frame;
		const lent = frame.clone();
		try {
			return settle(frame, lent, tap(lent, ...rest));
		} catch (error) {
			lent.close();
			return fail(how, error);
		}
	};
}

function fail({ plugin, hook, off, failed }: Guarded, error: unknown): undefined {
	off.add(plugin);
	failed(plugin, hook, error);
	return undefined;
}

/** The outcome of `call`, or a failure once the deadline has passed; what comes after that goes to `late`. */
async function inTime(call: () => unknown, late?: (result: unknown) => void): Promise<unknown> {
	const { promise: deadline, reject } = Promise.withResolvers<never>();
	let over = false;
	const timer = setTimeout(() => {
		over = true;
		reject(new Error(`it took longer than ${DEADLINE} s`));
	}, DEADLINE * 1000);
	const running = (async () => await call())();
	// A tap that is given up on may still settle: nobody waits for it any more, its frame must not stay open.
	running.then(
		(result) => over && late?.(result),
		() => undefined,
	);
	try {
		return await Promise.race([running, deadline]);
	} finally {
		clearTimeout(timer);
	}
}

function closeLate(result: unknown): void {
	if (result instanceof Frame) result.close();
}

function isValues(result: unknown): result is Values {
	return typeof result === "object" && result !== null && !Array.isArray(result) && !(result instanceof Promise);
}
