import type { ParamInfo, ParamValue } from "../client/index.ts";

/** What a parameter is now, by its full address. */
export type ValueOf = (address: string) => ParamValue | undefined;

/** Whether a parameter has an effect: whether all that it depends on is as it says. */
export function applies({ when = {} }: ParamInfo, now: ValueOf): boolean {
	return Object.entries(when).every(([address, values]) => values.some((value) => value === now(address)));
}
