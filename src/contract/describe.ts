import * as z from "zod";
import type { ParamsSchema } from "../params/meta.ts";
import { type JsonSchema, jsonSchemaOf } from "../params/schema.ts";
import type { Artifact } from "./artifact.ts";
import type { BridgeDefinition } from "./bridge.ts";
import type { PipelineDefinition } from "./pipeline.ts";
import type { PluginDefinition } from "./plugin.ts";

/** Any guest. */
export type Guest = PipelineDefinition | BridgeDefinition | PluginDefinition;

const schema = z.record(z.string(), z.unknown());
const said = { id: z.string().regex(/^[a-z][a-z0-9-]{0,49}$/), title: z.string().max(200), description: z.string() };

/** As `Artifact`. */
const artifact = z.object({
	repo: z.string().max(200),
	file: z.string().max(500),
	revision: z.string().max(200).optional(),
	url: z.url({ protocol: /^https?$/ }).optional(),
	shipped: z.url({ protocol: /^file$/ }).optional(),
	sha256: z
		.string()
		.regex(/^[0-9a-fA-F]{64}$/)
		.optional(),
	bytes: z.number().int().nonnegative().optional(),
	when: z.record(z.string(), z.array(z.union([z.string(), z.number(), z.boolean()]))).optional(),
});

const pipeline = z.object({
	kind: z.literal("pipeline"),
	...said,
	source: z.string(),
	modes: z.array(z.enum(["text", "video"])),
	usage: z.array(z.enum(["preprocessor", "postprocessor"])),
	schema,
	artifacts: z.array(artifact),
	/** As `RealTime`. */
	realTime: z.object({ sizes: z.array(z.object({ width: z.int(), height: z.int() })), fps: z.number() }).optional(),
});
const bridge = z.object({
	kind: z.literal("bridge"),
	...said,
	/** Parameters of the parts that it offers. */
	source: schema.optional(),
	sink: schema.optional(),
	service: z.object({ input: schema.optional() }).optional(),
});
const plugin = z.object({
	kind: z.literal("plugin"),
	...said,
	schema,
	/** Whether it taps hooks; otherwise it only brings guests. */
	taps: z.boolean(),
	pipelines: z.array(pipeline),
	bridges: z.array(bridge),
});

/** What is known of a guest without running any of its code; plain data, as it is kept on disk. */
export const description = z.discriminatedUnion("kind", [pipeline, bridge, plugin]);
export type Description = z.output<typeof description>;
export type PipelineDescription = z.output<typeof pipeline>;
export type BridgeDescription = z.output<typeof bridge>;
export type PluginDescription = z.output<typeof plugin>;

function plain(artifacts: readonly Artifact[]): z.output<typeof artifact>[] {
	return artifacts.map((each) => artifact.parse(each));
}

/** The JSON Schema of a definition's parameters; an empty object's if it has none. */
export function schemaOf(params: ParamsSchema | undefined): JsonSchema {
	return params ? jsonSchemaOf(params) : { type: "object", properties: {} };
}

/** Describes a guest and what it brings. Throws `guest/invalid` for parameters that cannot stand at an address. */
export function describe<G extends Guest>(guest: G): Extract<Description, { kind: G["kind"] }>;
export function describe(guest: Guest): Description {
	const { id, title, description } = guest;
	const common = { id, title, description };
	if (guest.kind === "pipeline") {
		const { kind, source, modes, usage = [], params, artifacts = [], realTime } = guest;
		return {
			kind,
			...common,
			source,
			modes: [...modes],
			usage: [...usage],
			schema: schemaOf(params),
			artifacts: plain(artifacts),
			...(realTime && { realTime: { ...realTime, sizes: [...realTime.sizes] } }),
		};
	}
	if (guest.kind === "bridge") {
		const { kind, source, sink, service } = guest;
		return {
			kind,
			...common,
			...(source ? { source: schemaOf(source.params) } : {}),
			...(sink ? { sink: schemaOf(sink.params) } : {}),
			...(service ? { service: service.input ? { input: schemaOf(service.input) } : {} } : {}),
		};
	}
	const { kind, params, tap, pipelines = [], bridges = [] } = guest;
	return {
		kind,
		...common,
		schema: schemaOf(params),
		taps: tap !== undefined,
		pipelines: pipelines.map((one) => describe(one)),
		bridges: bridges.map((one) => describe(one)),
	};
}
