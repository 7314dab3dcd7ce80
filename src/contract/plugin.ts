import type * as z from "zod";
import type { Log } from "../base/log.ts";
import type { ParamsSchema } from "../params/meta.ts";
import type { Param } from "../params/schema.ts";
import type { BridgeDefinition } from "./bridge.ts";
import type { Hooks } from "./hooks.ts";
import type { PipelineDefinition } from "./pipeline.ts";

/** What a plugin is given when a session lets it tap. */
export interface PluginContext<P> {
	readonly hooks: Hooks;
	/** The plugin's own values, whenever asked. */
	readonly params: () => P;
	/** The generator's parameter at an address relative to the session, `/prompt/1/weight`; `undefined` if it has none. */
	param(address: string): Param | undefined;
	readonly log: Log;
}

/** An extension that taps hooks of a session and may bring pipelines and bridges: made with `definePlugin`. */
export interface PluginDefinition<S extends ParamsSchema = ParamsSchema> {
	readonly kind: "plugin";
	/** Unique name in lower case: `breathe`. */
	readonly id: string;
	readonly title: string;
	readonly description: string;
	readonly params?: S;
	/** Taps the hooks. Called for each fresh set of hooks, so it must keep no state of an earlier one. */
	tap?(context: PluginContext<z.output<S>>): void;
	readonly pipelines?: readonly PipelineDefinition[];
	readonly bridges?: readonly BridgeDefinition[];
}

/** Declares a plugin. Returns what it is given, with types. */
export function definePlugin<S extends ParamsSchema>(
	definition: Omit<PluginDefinition<S>, "kind">,
): PluginDefinition<S> {
	return { kind: "plugin", ...definition };
}
