import * as z from "zod";
import { blend } from "../../../pipelines/wan/prompts-blend.ts";
import type { Embedding } from "../../../pipelines/wan/prompts-embedding.ts";
import { differs, Transition } from "../../../pipelines/wan/transition.ts";
import type { CaseKind } from "../case.ts";
import { compare, same } from "../compare.ts";

const method = z.enum(["linear", "slerp"]);
const schema = z.object({
	blends: z.array(z.object({ name: z.string(), method, embeds: z.array(z.int()), weights: z.array(z.number()) })),
	transitions: z.array(
		z.union([
			z.object({
				name: z.string(),
				method,
				num_steps: z.int(),
				source: z.int(),
				target: z.int(),
				steps: z.int(),
			}),
			z.object({ name: z.string(), started: z.literal(false) }),
		]),
	),
	similar_threshold: z.literal(0.01),
});

/** Blends of encoded prompts, and every step of transitions between them, in Scope's way. */
export const kind: CaseKind = {
	name: "prompt-blending",
	matches: (config) => schema.safeParse(config).success,
	async *run(folder) {
		const { blends, transitions } = folder.read(schema);
		const embedding = (i: number): Embedding => {
			const name = `embed${i}`;
			return { data: folder.floats(name), width: folder.tensor(name).shape.at(-1) as number };
		};
		for (const { name, method, embeds, weights } of blends) {
			const mixed = blend(embeds.map(embedding), weights, method, { asScope: true });
			yield compare(name, mixed.data, folder.tensor(name), 1e-5);
		}
		for (const transition of transitions) {
			if ("started" in transition) {
				// The original moved the target by too little; the moved tensor was not stored.
				const source = embedding(0);
				const near = { ...source, data: source.data.map((value) => value + 0.009 / Math.sqrt(source.data.length)) };
				yield same(transition.name, differs(source, near), transition.started);
				continue;
			}
			const { name, num_steps, method, source, target } = transition;
			const way = new Transition(embedding(source), embedding(target), num_steps, method, { asScope: true });
			let step = 0;
			for (; !way.done; step++) {
				const stored = `${name}_step${step}`;
				yield compare(stored, way.next().data, folder.tensor(stored), 1e-5);
			}
			yield same(`${name}_steps`, step, transition.steps);
		}
	},
};
