import { type JsonSchema, jsonSchemaOf } from "../params/schema.ts";
import { apartParams, fitParams } from "../session/params.ts";
import { type Catalogue, EMPTY_SCHEMA, joinSchemas } from "./catalogue.ts";

/** Where a session's frames come from, and who brings them. */
export interface SourceKind {
	readonly id: string;
	readonly title: string;
	readonly description: string;
	/** Parameters that stand at `/source` while it is chosen. */
	readonly schema: JsonSchema;
	/** A process of its own, a service that is there anyway, a ring that another program writes, or nobody. */
	readonly from: "process" | "service" | "ring" | "nobody";
}

/** Every kind of source there is. */
export function sourceKinds(catalogue: Catalogue): SourceKind[] {
	const none: SourceKind = {
		id: "none",
		title: "None",
		description: "No video comes in.",
		schema: EMPTY_SCHEMA,
		from: "nobody",
	};
	const ring: SourceKind = {
		id: "ring",
		title: "Ring",
		description: "Frames that another program writes into a ring in shared memory.",
		schema: {
			type: "object",
			properties: {
				ring: {
					type: "string",
					maxLength: 30,
					default: "",
					label: "Ring",
					description: "Name of the ring, without a slash.",
					choicesFrom: "rings",
				},
			},
		},
		from: "ring",
	};
	const bridges = [...catalogue.bridges.values()].flatMap(({ guest: { id, title, description, source, service } }) => {
		const schema = source ?? service?.input;
		if (!schema) return [];
		return [{ id, title, description, schema, from: source ? "process" : "service" } as const];
	});
	return [none, ...bridges, ring];
}

/** The schema of a session's `/source` while `kind` is chosen. */
export function sourceSchema(kinds: readonly SourceKind[], kind: SourceKind): JsonSchema {
	const choice = {
		type: "string",
		enum: kinds.map(({ id }) => id),
		default: "none",
		label: "Source",
		description: "Where frames come from.",
		apply: "reload",
	};
	return joinSchemas({ type: "object", properties: { kind: choice } }, kind.schema, jsonSchemaOf(fitParams));
}

/** The schema of a part that can be switched on and off: a sink, a plugin. */
function switchSchema(label: string, on: boolean, own: JsonSchema): JsonSchema {
	const enabled = { type: "boolean", default: on, label, description: "Whether it is on." };
	return joinSchemas({ type: "object", properties: { enabled } }, own);
}

/** The parts of a session that can be switched on and off, and their schemas: stages, plugins, sinks. */
export function switches(catalogue: Catalogue): Map<string, JsonSchema> {
	const plugins = catalogue.tapping().map(({ guest: { id, title, schema }, package: stranger }) => {
		const own = joinSchemas(schema, stranger === undefined ? ISOLATION : DEADLINE);
		return [`/plugin/${id}`, switchSchema(title, false, own)] as const;
	});
	const stages = catalogue.processors().map(({ guest: { id, title, schema } }) => {
		return [`/stage/${id}`, switchSchema(title, false, schema)] as const;
	});
	const sinks = catalogue.bridgesWith("sink").map(({ guest: { id, title, sink = EMPTY_SCHEMA } }) => {
		return [`/sink/${id}`, switchSchema(title, false, sink)] as const;
	});
	return new Map([...stages, ...plugins, ...sinks]);
}

/** Of every plugin that runs in a process of its own. */
const DEADLINE = jsonSchemaOf(apartParams);
/** Our own run in the session's process unless told otherwise. */
const ISOLATION = joinSchemas(
	{
		type: "object",
		properties: {
			isolated: {
				type: "boolean",
				default: false,
				label: "Isolated",
				description: "Whether it runs in a process of its own, whose death costs nothing but its effect.",
			},
		},
	},
	DEADLINE,
);
