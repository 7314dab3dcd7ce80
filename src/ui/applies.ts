import type { ParamInfo, ParamValue } from "../client/index.ts";
import type { Show } from "./show.ts";

/** What a parameter is now, by its full address. */
export type ValueOf = (address: string) => ParamValue | undefined;

/** Whether a parameter has an effect: whether all that it depends on is as it says. */
export function applies({ when = {} }: ParamInfo, now: ValueOf): boolean {
	return Object.entries(when).every(([address, values]) => values.some((value) => value === now(address)));
}

/** What parameters are now in a show; who asks while it draws is drawn anew when they change. */
export function nowIn(show: Show): ValueOf {
	return (address) => {
		const info = show.client.param(address);
		return info && show.value(info.address, info.default).value;
	};
}
