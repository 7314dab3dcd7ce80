import type { BridgeContext, Source } from "mutoscope/sdk";
import { FramePool } from "../../src/media/pool.ts";

/** A context for a part of a bridge, whose parameters a test turns. */
export function contextOf<P>(params: P): {
	context: BridgeContext<P>;
	set(change: Partial<P>): void;
	fire(address: string): void;
} {
	const pool = new FramePool();
	let values = params;
	const listeners: ((address: string) => void)[] = [];
	const log = { debug() {}, info() {}, warn() {}, error() {}, with: () => log };
	return {
		context: {
			session: "main",
			config: {},
			params: () => values,
			onTrigger: (listener) => listeners.push(listener),
			show: () => {},
			turn: async () => {},
			frame: (size, options) => pool.take(size, options),
			log,
		},
		set(change) {
			values = { ...values, ...change };
		},
		fire(address) {
			for (const listener of listeners) listener(address);
		},
	};
}

/** Takes frames of a source until `enough` says so of the newest, and closes them. */
export async function follow<T>(
	source: Source,
	read: (frame: import("mutoscope/sdk").Frame) => T,
	count: number,
): Promise<T[]> {
	const seen: T[] = [];
	while (seen.length < count) {
		using frame = await source.next(new AbortController().signal);
		if (!frame) break;
		seen.push(read(frame));
	}
	return seen;
}
