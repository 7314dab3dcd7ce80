import { MutoscopeError } from "../base/errors.ts";
import {
	type BridgeDescription,
	type Description,
	describe,
	type Guest,
	type PipelineDescription,
	type PluginDescription,
} from "../contract/describe.ts";
import type { JsonSchema } from "../params/schema.ts";

/** Where guests come from. */
export interface Origin {
	/** URL of the module that exports it. */
	readonly module: string;
	/** The installed package that it is in; none of our own. Its code never runs in a process with ours beside it. */
	readonly package?: string;
	/** Flags and variables for a process that runs it, and megabytes that such a process may use. */
	readonly flags?: readonly string[];
	readonly env?: Readonly<Record<string, string>>;
	readonly memory?: number;
}

/** A guest that is at hand: what it says of itself, and where a child finds it. */
export interface Listed<D extends Description> extends Origin {
	readonly guest: D;
	/** The plugin that brought it. */
	readonly plugin?: string;
}

/** Settings of one bridge. */
export type Settings = Readonly<Record<string, unknown>>;

/** A way to get frames in or out, by its name. */
export type ListedBridge = Listed<BridgeDescription>;

/** Everything that sessions can be made of. No guest's code is in here, only what it says of itself. */
export class Catalogue {
	readonly pipelines = new Map<string, Listed<PipelineDescription>>();
	readonly bridges = new Map<string, ListedBridge>();
	readonly plugins = new Map<string, Listed<PluginDescription>>();
	readonly #settings: Readonly<Record<string, Settings>>;

	/** `settings`: of bridges, by their ids. */
	constructor(settings: Readonly<Record<string, Settings>> = {}) {
		this.#settings = settings;
	}

	/** Adds a guest of our own, and what it brings. Throws `guest/invalid` when its name is taken. */
	add(definition: Guest, module: string): void {
		this.enter(describe(definition), { module });
	}

	/** Adds a guest, and what it brings. Throws `guest/invalid` when a name is taken; some may have been added then. */
	enter(guest: Description, origin: Origin, plugin?: string): void {
		const listed = { ...origin, ...(plugin === undefined ? {} : { plugin }) };
		if (guest.kind === "pipeline") put(this.pipelines, { ...listed, guest });
		if (guest.kind === "bridge") put(this.bridges, { ...listed, guest });
		if (guest.kind === "plugin") {
			put(this.plugins, { ...listed, guest });
			for (const brought of [...guest.pipelines, ...guest.bridges]) this.enter(brought, origin, guest.id);
		}
	}

	/** Takes away everything that an installed package brought. */
	leave(name: string): void {
		for (const all of [this.pipelines, this.bridges, this.plugins]) {
			for (const [id, listed] of all) if (listed.package === name) all.delete(id);
		}
	}

	/** Throws `pipeline/unknown`. */
	pipeline(id: string): Listed<PipelineDescription> {
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

	/** Settings of a bridge from the config file. */
	settings(bridge: string): Settings {
		return this.#settings[bridge] ?? {};
	}

	/** Bridges that offer a part. */
	bridgesWith(part: "source" | "sink" | "service"): ListedBridge[] {
		return [...this.bridges.values()].filter(({ guest }) => guest[part] !== undefined);
	}

	/** Pipelines that can stand before or after another. */
	processors(): Listed<PipelineDescription>[] {
		return [...this.pipelines.values()].filter(({ guest }) => guest.usage.length > 0);
	}

	/** Plugins that tap hooks, not those that only bring guests. */
	tapping(): Listed<PluginDescription>[] {
		return [...this.plugins.values()].filter(({ guest }) => guest.taps);
	}
}

/** A schema without parameters. */
export const EMPTY_SCHEMA: JsonSchema = { type: "object", properties: {} };

/** One schema with the properties of several; a later one wins. */
export function joinSchemas(...schemas: readonly JsonSchema[]): JsonSchema {
	return { type: "object", properties: Object.assign({}, ...schemas.map(({ properties }) => properties)) };
}

function put<D extends Description>(into: Map<string, Listed<D>>, listed: Listed<D>): void {
	const { id } = listed.guest;
	const other = into.get(id);
	if (other) {
		throw new MutoscopeError("guest/invalid", { module: listed.module, reason: `${other.module} is called ${id} too` });
	}
	into.set(id, listed);
}
