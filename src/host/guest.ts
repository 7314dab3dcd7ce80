import { MutoscopeError, reasonOf } from "../base/errors.ts";
import type { BridgeDefinition } from "../contract/bridge.ts";
import type { PipelineDefinition } from "../contract/pipeline.ts";
import type { PluginDefinition } from "../contract/plugin.ts";
import { welcomeStrangers } from "./stranger.ts";

interface Kinds {
	readonly pipeline: PipelineDefinition;
	readonly bridge: BridgeDefinition;
	readonly plugin: PluginDefinition;
}

/** Where a guest is: a module, and the id of one definition that it exports, or that a plugin which it exports brings. */
export interface GuestRef {
	readonly module: string;
	readonly id: string;
}

/** Loads a guest. Throws `guest/invalid` when the module cannot be loaded or has no such guest. */
export async function loadGuest<K extends keyof Kinds>(kind: K, { module, id }: GuestRef): Promise<Kinds[K]> {
	const exports = await load(module);
	for (const candidate of candidates(Object.values(exports))) {
		if (candidate.kind === kind && candidate.id === id) return candidate as Kinds[K];
	}
	throw new MutoscopeError("guest/invalid", { module, reason: `it has no ${kind} called ${id}` });
}

/** What a module exports as guests, without what they bring. Throws `guest/invalid` when it cannot be loaded. */
export async function guestsOf(module: string): Promise<Kinds[keyof Kinds][]> {
	return [...new Set(Object.values(await load(module)))].filter(isGuest);
}

async function load(module: string): Promise<Record<string, unknown>> {
	try {
		welcomeStrangers();
		return (await import(module)) as Record<string, unknown>;
	} catch (error) {
		throw new MutoscopeError("guest/invalid", { module, reason: reasonOf(error) }, { cause: error });
	}
}

function* candidates(exported: readonly unknown[]): Generator<Kinds[keyof Kinds]> {
	for (const thing of exported) {
		if (!isGuest(thing)) continue;
		yield thing;
		if (thing.kind === "plugin") yield* candidates([...(thing.pipelines ?? []), ...(thing.bridges ?? [])]);
	}
}

function isGuest(thing: unknown): thing is Kinds[keyof Kinds] {
	return typeof thing === "object" && thing !== null && "kind" in thing && "id" in thing;
}
