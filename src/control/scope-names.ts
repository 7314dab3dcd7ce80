import type { ParamStore } from "../params/store.ts";
import { SCOPE_ADDRESSES } from "./scope.ts";

/** Relative address → Scope's name. Of several names the first, which is the one of its live parameters. */
const NAMES = new Map(
	Object.entries(SCOPE_ADDRESSES)
		.map(([name, address]) => [address, name] as const)
		.toReversed(),
);

/** Parts of a session that are not the generator's. */
const OTHER = /^\/(session|transport|source|sink|plugin)\//;

const SLOT = /^\/prompt\/(\d+)\/(text|weight)$/;

/** Scope's name of a parameter, by its address relative to the session; `undefined` if it has none of its own. */
export function scopeName(address: string): string | undefined {
	return NAMES.get(address) ?? (OTHER.test(address) ? undefined : /^\/([^/]+)$/.exec(address)?.[1]);
}

/** Which of `scopeParameters` a parameter is part of. */
export function scopeEntry(address: string): string | undefined {
	return SLOT.test(address) ? "prompts" : scopeName(address);
}

/** A session's parameters as Scope's clients read them. */
export function scopeParameters(store: ParamStore, session: string): Record<string, unknown> {
	const at = `/${session}`;
	const parameters: Record<string, unknown> = {};
	const prompts = new Map<string, Record<string, unknown>>();
	for (const { address, param } of store.list()) {
		if (!address.startsWith(`${at}/`) || param.type === "trigger") continue;
		const relative = address.slice(at.length);
		const [, slot, field] = SLOT.exec(relative) ?? [];
		const name = scopeName(relative);
		if (slot && field) prompts.set(slot, { ...prompts.get(slot), [field]: store.get(address) });
		else if (name !== undefined) parameters[name] = store.get(address);
	}
	const said = [...prompts.values()].filter(({ text, weight }) => text !== "" && weight !== 0);
	return prompts.size > 0 ? { ...parameters, prompts: said } : parameters;
}
