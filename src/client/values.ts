import type { Dispose } from "../base/dispose.ts";
import type { ParamValue } from "../params/schema.ts";
import { sameValue } from "../params/value.ts";
import type { ParamInfo } from "../protocol/messages.ts";

/** The parameters as this client knows them: their schema, their values, and who wants to hear of which. */
export class Values {
	readonly #infos = new Map<string, ParamInfo>();
	readonly #aliases = new Map<string, string>();
	readonly #values = new Map<string, ParamValue>();
	readonly #watchers = new Map<string, Set<(value: ParamValue) => void>>();
	#tree: readonly ParamInfo[] = [];

	/** Every parameter, in the daemon's order. */
	get tree(): readonly ParamInfo[] {
		return this.#tree;
	}

	/** Replaces the schema; values of addresses that are gone go with them. */
	adopt(tree: readonly ParamInfo[]): void {
		this.#tree = tree;
		this.#infos.clear();
		this.#aliases.clear();
		for (const info of tree) {
			this.#infos.set(info.address, info);
			for (const alias of info.aliases) this.#aliases.set(alias, info.address);
		}
		for (const address of this.#values.keys()) if (!this.#infos.has(address)) this.#values.delete(address);
	}

	/** The parameter at an address or one of its aliases; `/main` may be left out. */
	find(address: string): ParamInfo | undefined {
		for (const at of [address, `/main${address}`]) {
			const info = this.#infos.get(at) ?? this.#infos.get(this.#aliases.get(at) ?? "");
			if (info) return info;
		}
		return undefined;
	}

	/** The newest value at a full address. */
	get(address: string): ParamValue | undefined {
		return this.#values.get(address);
	}

	/** Keeps a value and tells who watches it, if it is another. */
	put(address: string, value: ParamValue): void {
		if (sameValue(this.#values.get(address), value)) return;
		this.#values.set(address, value);
		for (const tell of this.#watchers.get(address) ?? []) tell(value);
	}

	/** Calls `listener` with every value of a full address, at once with the one it has, until disposed. */
	watch(address: string, listener: (value: ParamValue) => void): Dispose {
		const listeners = this.#watchers.get(address) ?? new Set();
		this.#watchers.set(address, listeners);
		listeners.add(listener);
		const value = this.#values.get(address);
		if (value !== undefined) listener(value);
		return () => {
			listeners.delete(listener);
			if (listeners.size === 0) this.#watchers.delete(address);
		};
	}
}
