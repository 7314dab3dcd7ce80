import { type LongLive, longLive } from "./longlive.ts";
import type { BankPlan, Ends, Pass, Plan, Policy } from "./plan.ts";

/** MemFlow's memory bank. */
interface Bank {
	/** Frames that it holds. */
	readonly size: number;
	/** Chunks for which one frame is kept. */
	readonly interval: number;
	/**
	 * Which closing passes stage their chunk's first frame: `interval`, the first of each interval, as Scope would if its
	 * setting reached it; `always`, as MemFlow's own loop, which overwrites the newest within an interval.
	 */
	readonly record: "interval" | "always";
	/** Latent frames of a chunk. */
	readonly chunk: number;
}

/** MemFlow's settings. */
export interface MemFlow extends LongLive {
	/** Without one, MemFlow is LongLive: this is how Daydream Scope ships it. */
	readonly bank?: Bank;
}

/**
 * MemFlow: LongLive with a bank of single frames from long ago, the ones that fit the prompt best.
 *
 * Ji et al. 2025, arXiv 2512.14699: 12 slots, 3 of them sink, and a bank of 3 frames. What is staged by a closing pass is
 * put into the bank by the next chunk's first pass.
 */
export function memFlow({ bank, ...window }: MemFlow): Policy {
	// MemFlow's denoising steps do not keep their keys, so that to it only frames that pass once more are there already.
	const base = longLive(window, ({ kind }) => kind === "recache");
	if (!bank) return base;
	return { ...base, biased: true, bank: bank.size, plan };

	function plan(ends: Ends, pass: Pass): Plan {
		const { attend, ...rest } = base.plan(ends, pass);
		const remembered = bankPlan(bank as Bank, ends, pass);
		const local = rest.ends.local;
		const sink = Math.min(window.sink, local);
		return {
			...rest,
			attend: [
				{ from: 0, to: sink },
				{ from: sink, to: local },
			],
			bank: remembered,
			ends: { ...rest.ends, bank: remembered.stage ? lengthAt(bank as Bank, pass) : ends.bank },
		};
	}
}

/** The bank's length once the chunk that ends a pass has been recorded. */
function lengthAt({ interval, chunk }: Bank, { start, frames }: Pass): number {
	return Math.floor(((start + frames) / chunk - 1) / interval) + 1;
}

function bankPlan(bank: Bank, ends: Ends, pass: Pass): BankPlan {
	const { size, interval, record, chunk } = bank;
	const opensInterval = pass.start % (chunk * interval) === 0;
	const commits = ends.bank > 0 && (pass.kind === "recache" || pass.opens === true);
	// A bank of one frame has nothing to choose from.
	const replaces = ends.bank <= size || size === 1;
	const length = lengthAt(bank, pass) - (opensInterval && pass.kind !== "recache" ? 1 : 0);
	return {
		...(commits ? { commit: replaces ? { slot: Math.min(ends.bank, size) - 1 } : "compress" } : {}),
		attend: ends.bank > 0 ? Math.min(size, length) : 0,
		stage: pass.kind === "clean" && (record === "always" || opensInterval),
	};
}
