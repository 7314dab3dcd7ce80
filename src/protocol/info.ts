import type { Placed } from "../params/tree.ts";
import type { ParamInfo } from "./messages.ts";

/** A parameter as clients see it: with full addresses, and no path into the values object. */
export function paramInfoOf({ address, param: { path: _, ...param } }: Placed): ParamInfo {
	const part = address.slice(0, -param.address.length);
	const when = param.when && Object.entries(param.when).map(([other, values]) => [part + other, values]);
	return {
		...param,
		address,
		aliases: param.aliases.map((alias) => part + alias),
		...(param.calledBy !== undefined && { calledBy: part + param.calledBy }),
		...(when && { when: Object.fromEntries(when) }),
	} as ParamInfo;
}
