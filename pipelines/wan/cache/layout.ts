import type { Plan, Policy, Span } from "../policy/plan.ts";
import { SlotMap } from "./slots.ts";

/** Frames of a cache in memory: the policy's slots, its memory bank and what is staged for it, and a spare one. */
export class Layout {
	/** Frames that there is room for. */
	readonly frames: number;
	readonly slots: SlotMap;
	readonly #policy: Policy;

	constructor(policy: Policy, spare: boolean) {
		this.#policy = policy;
		this.slots = new SlotMap(policy.window);
		this.frames = this.staged + (policy.bank > 0 ? 1 : 0) + (spare ? 1 : 0);
	}

	/** The places of the memory bank. */
	get bank(): Span {
		const { window, bank } = this.#policy;
		return { from: window, to: window + bank };
	}

	/** The place of what is staged for the bank. */
	get staged(): number {
		return this.bank.to;
	}

	/** The places that a pass writes its frames to. Frames that are not kept go to the spare place, which nobody reads. */
	written({ write, skipped }: Plan): readonly number[] {
		const spare = this.frames - 1;
		return [...new Array<number>(skipped).fill(spare), ...this.slots.places(write)];
	}

	/** The places that a pass attends to, in the policy's order. */
	attended({ attend, bank }: Plan): readonly number[] {
		const remembered = Array.from({ length: bank?.attend ?? 0 }, (_, i) => this.bank.from + i);
		const [sink = [], ...rest] = attend.map((span) => this.slots.places(span));
		return [...sink, ...remembered, ...rest.flat()];
	}
}

/** The rows of frames at these places. */
export function rowsOf(places: readonly number[], tokens: number): BigInt64Array<ArrayBuffer> {
	const rows = new BigInt64Array(places.length * tokens);
	let at = 0;
	for (const place of places) for (let i = 0; i < tokens; i++) rows[at++] = BigInt(place * tokens + i);
	return rows;
}

/** Whether places are the first ones of memory, in any order. */
export function isPrefix(places: readonly number[]): boolean {
	return places.every((place) => place < places.length);
}
