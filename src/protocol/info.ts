import type { Placed } from "../params/tree.ts";
import type { ParamInfo } from "./messages.ts";

/** A parameter as clients see it: its full address, and no path into the values object. */
export function paramInfoOf({ address, param: { path: _, ...param } }: Placed): ParamInfo {
	const aliases = param.aliases.map((alias) => address.slice(0, -param.address.length) + alias);
	return { ...param, address, aliases } as ParamInfo;
}
