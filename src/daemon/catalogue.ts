import { MutoscopeError } from "../base/errors.ts";
import type { BridgeDefinition } from "../contract/bridge.ts";
import type { PipelineDefinition } from "../contract/pipeline.ts";
import type { PluginDefinition } from "../contract/plugin.ts";
import { type JsonSchema, jsonSchemaOf } from "../params/schema.ts";

/** A guest that is at hand: what it says of itself, and where a child finds it. */
export interface Listed<Definition> {
	readonly definition: Definition;
	/** URL of the module that exports it. */
	readonly module: string;
	/** The plugin that brought it. */
	readonly plugin?: string;
}

/** Any guest. */
export type Guest = PipelineDefinition | BridgeDefinition | PluginDefinition;

/** A way to get frames in or out, by its name. */
export type ListedBridge = Listed<BridgeDefinition>;

/** Everything that sessions can be made of. */
export class Catalogue {
	readonly pipelines = new Map<string, Listed<PipelineDefinition>>();
	readonly bridges = new Map<string, ListedBridge>();
	readonly plugins = new Map<string, Listed<PluginDefinition>>();

	/** Adds a guest, and what it brings. Throws `guest/invalid` when its name is taken. */
	add(definition: Guest, module: string, plugin?: string): void {
		const listed = { module, ...(plugin === undefined ? {} : { plugin }) };
		if (definition.kind === "pipeline") enter(this.pipelines, { ...listed, definition });
		if (definition.kind === "bridge") enter(this.bridges, { ...listed, definition });
		if (definition.kind === "plugin") {
			enter(this.plugins, { ...listed, definition });
			for (const brought of definition.pipelines ?? []) this.add(brought, module, definition.id);
			for (const brought of definition.bridges ?? []) this.add(brought, module, definition.id);
		}
	}

	/** Throws `pipeline/unknown`. */
	pipeline(id: string): Listed<PipelineDefinition> {
		const listed = this.pipelines.get(id);
		if (!listed) throw new MutoscopeError("pipeline/unknown", { pipeline: id });
		return listed;
	}

	/** Throws `bridge/unknown`. */
	bridge(id: string): ListedBridge {
		const listed = this.bridges.get(id);
		if (!listed) throw new MutoscopeError("bridge/unknown", { bridge: id });
		return listed;
	}

	/** Bridges that offer a part. */
	bridgesWith(part: "source" | "sink" | "service"): ListedBridge[] {
		return [...this.bridges.values()].filter(({ definition }) => definition[part] !== undefined);
	}

	/** Plugins that tap hooks, not those that only bring guests. */
	tapping(): Listed<PluginDefinition>[] {
		return [...this.plugins.values()].filter(({ definition }) => definition.tap !== undefined);
	}
}

/** The JSON Schema of a definition's parameters; an empty object's if it has none. */
export function schemaOf(params: Parameters<typeof jsonSchemaOf>[0] | undefined): JsonSchema {
	return params ? jsonSchemaOf(params) : { type: "object", properties: {} };
}

/** One schema with the properties of several; a later one wins. */
export function joinSchemas(...schemas: readonly JsonSchema[]): JsonSchema {
	return { type: "object", properties: Object.assign({}, ...schemas.map(({ properties }) => properties)) };
}

function enter<D extends Guest>(into: Map<string, Listed<D>>, listed: Listed<D>): void {
	const { id } = listed.definition;
	const other = into.get(id);
	if (other) {
		throw new MutoscopeError("guest/invalid", { module: listed.module, reason: `${other.module} is called ${id} too` });
	}
	into.set(id, listed);
}
