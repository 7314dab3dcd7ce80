import type { Engine, Tensor } from "mutoscope/inference";
import { EMPTY, type Ends, type Pass, type Plan, type Policy } from "../policy/plan.ts";
import type { CacheShape } from "./graphs.ts";
import { isPrefix, Layout, rowsOf } from "./layout.ts";
import { Rewriter } from "./rewriter.ts";

/** Keys and values of the past, for every layer, where the engine computes. */
export class KvCache implements AsyncDisposable {
	/** Tokens of a frame. */
	readonly tokens: number;
	readonly #policy: Policy;
	readonly #shape: CacheShape;
	readonly #layout: Layout;
	readonly #rewriter: Rewriter;
	#ends: Ends = EMPTY;

	/**
	 * Makes an empty cache for frames of `tokens` tokens.
	 *
	 * @param spare whether there is room for frames that a pass does not keep.
	 */
	constructor(engine: Engine, policy: Policy, shape: CacheShape, tokens: number, spare = false) {
		this.#policy = policy;
		this.#shape = shape;
		this.tokens = tokens;
		this.#layout = new Layout(policy, spare);
		// A row of nothing at the end: for keys of nothing that a policy lets take part.
		this.#rewriter = new Rewriter(engine, shape, this.#layout.frames * tokens + 1);
	}

	/** How far it has been written. */
	get ends(): Ends {
		return this.#ends;
	}

	/** What a pass would do. */
	plan(pass: Pass): Plan {
		return this.#policy.plan(this.#ends, pass);
	}

	/**
	 * Makes ready for a pass: room is made, the sink and the bank are brought up to date.
	 *
	 * @param text the keys of the text in each layer, for a bank that is full; without them all its frames fit alike.
	 */
	async begin(plan: Plan, text: readonly Tensor[] | undefined): Promise<Opened> {
		const { tokens } = this;
		const { slots, bank, staged } = this.#layout;
		if (plan.roll && plan.sink?.kind === "average") {
			const { from } = plan.roll.within;
			const left = slots.places({ from, to: from + plan.roll.count });
			const sink = slots.places({ from: 0, to: plan.roll.count });
			await this.#rewriter.average(rowsOf(left, tokens), rowsOf(sink, tokens), plan.sink.decay);
		}
		slots.apply(plan);
		const commit = plan.bank?.commit;
		if (commit === "compress") {
			const rows = [rowsOf([staged], tokens), rowsOf(slotsOf(bank), tokens)] as const;
			await this.#rewriter.compress(...rows, this.#policy.bank, text);
		} else if (commit) {
			await this.#rewriter.copy(rowsOf([staged], tokens), rowsOf([bank.from + commit.slot], tokens));
		}
		return this.#open(plan);
	}

	/** Ends a pass: what it wrote counts, and its first frame is staged if the plan says so. */
	async end(plan: Plan): Promise<void> {
		this.#ends = plan.ends;
		if (!plan.bank?.stage) return;
		const [first = 0] = this.#layout.written(plan);
		await this.#rewriter.copy(rowsOf([first], this.tokens), rowsOf([this.#layout.staged], this.tokens));
	}

	/** Turns the keys of all frames but the sink's by the same number of frames, given as tables for one frame. */
	async turn(sink: number, tables: (frames: number) => { cos: Float32Array; sin: Float32Array }): Promise<void> {
		const { slots, bank } = this.#layout;
		const places = [...slots.places({ from: sink, to: this.#ends.local }), ...slotsOf(bank)];
		if (places.length > 0) await this.#rewriter.turn(rowsOf(places, this.tokens), tables(places.length));
	}

	/** Forgets everything. */
	reset(): void {
		this.#ends = EMPTY;
		this.#layout.slots.reset();
	}

	/** The keys or values of a layer in the policy's order, up to where it is written: [slots · tokens, dim]. */
	async read(
		part: "keys" | "values",
		layer: number,
		where: "window" | "bank" | "staged" = "window",
	): Promise<Float32Array> {
		const { slots, bank, staged } = this.#layout;
		const places =
			where === "window"
				? slots.places({ from: 0, to: this.#ends.local })
				: where === "bank"
					? slotsOf(bank)
					: [staged];
		const { dim } = this.#shape;
		const whole = await this.#rewriter.read(part, layer);
		const size = this.tokens * dim;
		const result = new Float32Array(places.length * size);
		for (const [i, place] of places.entries()) result.set(whole.subarray(place * size, (place + 1) * size), i * size);
		return result;
	}

	#open(plan: Plan): Opened {
		const { tokens } = this;
		const attended = this.#layout.attended(plan);
		const { blank = 0, lacks = 0, skipped } = plan;
		const masked = this.#policy.biased || skipped > 0 || blank > 0 || !isPrefix(attended);
		const rows = masked ? this.#rewriter.rows : attended.length * tokens;
		return {
			masked,
			attended,
			places: rowsOf(this.#layout.written(plan), tokens),
			rows,
			faded: plan.faded ? this.#layout.slots.places(plan.faded) : [],
			blank,
			lacks,
			feeds: this.#rewriter.feeds(rows),
			fetches: this.#rewriter.fetches(rows),
			written: () => this.#rewriter.written(),
		};
	}

	/** Frees everything. */
	async [Symbol.asyncDispose](): Promise<void> {
		await this.#rewriter[Symbol.asyncDispose]();
	}
}

/** A cache, made ready for a pass. */
export interface Opened {
	/** Whether only some of the rows count: these are `attended`, and the keys need a bias. */
	readonly masked: boolean;
	/** The places of frames that are attended to, in the policy's order. */
	readonly attended: readonly number[];
	/** The rows that tokens are written to. */
	readonly places: BigInt64Array<ArrayBuffer>;
	/** Rows that are read. The last one, if masked, is of zeros. */
	readonly rows: number;
	/** The places of frames that count less. */
	readonly faded: readonly number[];
	/** Frames of nothing that take part, and frames that take part as far as they fill a block of keys: see `Plan`. */
	readonly blank: number;
	readonly lacks: number;
	/** The cache as inputs of the transformer, and as its outputs. */
	readonly feeds: Readonly<Record<string, Tensor>>;
	readonly fetches: Readonly<Record<string, Tensor>>;
	/** To be called once the transformer has run. */
	written(): void;
}

function slotsOf({ from, to }: { from: number; to: number }): readonly number[] {
	return Array.from({ length: to - from }, (_, i) => from + i);
}
