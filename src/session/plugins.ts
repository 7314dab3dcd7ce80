import { reasonOf } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import type { HookName } from "../contract/guard.ts";
import { createHooks, type Hooks } from "../contract/hooks.ts";
import type { PluginDefinition } from "../contract/plugin.ts";
import type { ParamsSchema } from "../params/meta.ts";
import type { Param } from "../params/schema.ts";
import type { Snapshot } from "../params/store.ts";
import { Part } from "./part.ts";

/** A plugin failed and was switched off. */
export type PluginFailure = (plugin: string, hook: HookName | "tap", error: unknown) => void;

/** What plugins are told: by a session's feed, or to a process of their own. */
export interface PluginsFeed {
	/** Those that may be switched on, in the order in which they tap. */
	readonly plugins: readonly PluginDefinition[];
	/** Parameters of the generator that is to play. */
	readonly params: readonly Param[];
	/** The newest snapshot of a part, `/plugin/<id>`. */
	part(name: string): Snapshot;
}

/**
 * The plugins of a session, those that are switched on (`/plugin/<id>/enabled`) and have not failed.
 *
 * One that failed stays off until it is switched off and on again.
 */
export class Plugins implements AsyncDisposable {
	readonly #feed: PluginsFeed;
	readonly #log: Log;
	readonly #failed: PluginFailure;
	readonly #faulty = new Set<string>();
	#tapped: readonly PluginDefinition[] = [];
	#hooks: Hooks = createHooks(() => undefined);

	constructor(feed: PluginsFeed, log: Log, failed: PluginFailure) {
		this.#feed = feed;
		this.#log = log;
		this.#failed = failed;
	}

	/** The hooks for the next chunk: the same ones, or fresh ones when a plugin was switched. */
	async hooks(): Promise<Hooks> {
		const wanted = this.#wanted();
		if (wanted.length === this.#tapped.length && wanted.every((plugin, i) => plugin === this.#tapped[i])) {
			return this.#hooks;
		}
		await this.#hooks.close.promise();
		this.#tapped = wanted;
		let tapping: string | undefined;
		const hooks = createHooks(
			(plugin, hook, error) => this.#fault(plugin, hook, error),
			(tap) => tapping ?? tap,
		);
		this.#hooks = hooks;
		for (const plugin of wanted) {
			tapping = plugin.id;
			this.#tap(plugin, hooks);
		}
		tapping = undefined;
		return wanted.some(({ id }) => this.#faulty.has(id)) ? this.hooks() : hooks;
	}

	/** Calls the hook `close`, once. */
	async [Symbol.asyncDispose](): Promise<void> {
		const hooks = this.#hooks;
		this.#hooks = createHooks(() => undefined);
		this.#tapped = [];
		await hooks.close.promise();
	}

	#wanted(): PluginDefinition[] {
		return this.#feed.plugins.filter(({ id, tap }) => {
			const enabled = this.#feed.part(`/plugin/${id}`).values.enabled === true;
			if (!enabled) this.#faulty.delete(id);
			return tap && enabled && !this.#faulty.has(id);
		});
	}

	#tap({ id, params, tap }: PluginDefinition, hooks: Hooks): void {
		const part = params && new Part<ParamsSchema>(params);
		const read = () => part?.read(this.#feed.part(`/plugin/${id}`)) ?? {};
		try {
			tap?.({ hooks, params: read, param: (address) => this.#param(address), log: this.#log.with({ plugin: id }) });
		} catch (error) {
			this.#fault(id, "tap", error);
		}
	}

	/** A parameter of the generator that is to play. */
	#param(address: string): Param | undefined {
		return this.#feed.params.find((param) => param.address === address || param.aliases.includes(address));
	}

	#fault(plugin: string, hook: HookName | "tap", error: unknown): void {
		if (hook !== "close") this.#faulty.add(plugin);
		this.#log.error(`the plugin failed in ${hook} and was switched off`, { plugin, error, reason: reasonOf(error) });
		this.#failed(plugin, hook, error);
	}
}
