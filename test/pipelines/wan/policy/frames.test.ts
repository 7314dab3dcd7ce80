import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { SlotMap } from "../../../../pipelines/wan/cache/slots.ts";
import { longLive } from "../../../../pipelines/wan/policy/longlive.ts";
import { memFlow } from "../../../../pipelines/wan/policy/memflow.ts";
import { EMPTY, type Pass, type Policy } from "../../../../pipelines/wan/policy/plan.ts";
import { rewardForcing } from "../../../../pipelines/wan/policy/reward-forcing.ts";
import { sliding } from "../../../../pipelines/wan/policy/sliding.ts";

interface Call {
	readonly call: string;
	readonly start: number;
	readonly n: number;
	readonly write_slots: readonly [number, number];
	readonly attend_frames: readonly string[];
	readonly attend_slots: readonly number[];
	readonly g: number;
	readonly l: number;
	readonly q_rope_start?: number;
	readonly ema_from?: readonly string[] | null;
}

const scenarios: Readonly<Record<string, readonly Call[]>> = JSON.parse(
	readFileSync(new URL("../../../golden/vectors/policy_frames.json", import.meta.url), "utf8"),
);

const LONGLIVE = longLive({ window: 12, sink: 3 });
const REWARD_FORCING = rewardForcing({ window: 9, sink: 3 });
const policies: Readonly<Record<string, Policy>> = {
	longlive_text: LONGLIVE,
	longlive_video: LONGLIVE,
	longlive_recache_early: LONGLIVE,
	sdv2: sliding({ window: 6, sink: 3 }),
	reward_forcing_text: REWARD_FORCING,
	reward_forcing_video: REWARD_FORCING,
};

test("each scenario has a policy", () => {
	expect(Object.keys(scenarios)).toEqual(Object.keys(policies));
});

describe.each(Object.entries(policies))("%s", (scenario, policy) => {
	test("every call writes and attends to the frames that the reference does", () => {
		const cache = new Labels(policy);
		for (const call of scenarios[scenario] as readonly Call[]) {
			expect({ call: call.call, ...cache.run(call) }).toEqual({
				call: call.call,
				write_slots: call.write_slots,
				attend_frames: call.attend_frames,
				attend_slots: call.attend_slots,
				g: call.g,
				l: call.l,
				...(call.q_rope_start === undefined
					? {}
					: { q_rope_start: call.q_rope_start, ema_from: call.ema_from ?? undefined }),
			});
		}
	});
});

test("MemFlow as Scope ships it is LongLive", () => {
	const cache = new Labels(memFlow({ window: 12, sink: 3 }));
	for (const call of scenarios.longlive_text as readonly Call[]) {
		expect(cache.run(call).attend_frames).toEqual(call.attend_frames);
	}
});

test("attended slots always lie at the start of memory, so that no key needs to be copied or hidden", () => {
	for (const window of [6, 7, 9, 12]) {
		for (const sink of [0, 1, 3]) {
			for (const frames of [1, 2, 3]) {
				for (const policy of [longLive({ window, sink }), sliding({ window, sink }), rewardForcing({ window, sink })]) {
					const map = new SlotMap(window);
					let ends = EMPTY;
					for (let start = 0; start < 40; start += frames) {
						const plan = policy.plan(ends, { start, frames, kind: "denoise" });
						map.apply(plan);
						ends = plan.ends;
						const places = plan.attend.flatMap((span) => map.places(span)).sort((a, b) => a - b);
						expect(places).toEqual(places.map((_, i) => i));
					}
				}
			}
		}
	}
});

/** A cache that holds the names of frames in place of keys. */
class Labels {
	readonly #policy: Policy;
	readonly #map: SlotMap;
	readonly #labels: string[] = [];
	#ends = EMPTY;

	constructor(policy: Policy) {
		this.#policy = policy;
		this.#map = new SlotMap(policy.window);
	}

	run({ call, start, n, q_rope_start }: Call) {
		const kind: Pass["kind"] = call.includes("recache") ? "recache" : call.includes("clean") ? "clean" : "denoise";
		const plan = this.#policy.plan(this.#ends, { start, frames: n, kind });
		const leaving = plan.roll
			? { from: plan.roll.within.from, to: plan.roll.within.from + plan.roll.count }
			: undefined;
		const left = leaving ? this.#map.places(leaving).map((place) => this.#labels[place] as string) : [];
		this.#map.apply(plan);
		if (plan.sink?.kind === "average") {
			for (const place of this.#map.places({ from: 0, to: left.length })) {
				this.#labels[place] = `${(this.#labels[place] as string).replace("~", "")}~`;
			}
		}
		for (const [i, place] of this.#map.places(plan.write).entries())
			this.#labels[place] = `${start + plan.skipped + i}`;
		this.#ends = plan.ends;
		const attended = plan.attend.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, i) => from + i));
		return {
			write_slots: [plan.write.from, plan.write.to],
			attend_frames: attended.map((slot) => this.#labels[this.#map.place(slot)]),
			attend_slots: attended,
			g: plan.ends.global,
			l: plan.ends.local,
			...(q_rope_start === undefined
				? {}
				: { q_rope_start: plan.position, ema_from: plan.sink?.kind === "average" ? left : undefined }),
		};
	}
}
