import type { ParamValue } from "../client/index.ts";

/** Values that were kept under a name. */
export interface Preset {
	readonly name: string;
	readonly session: string;
	/** By address relative to the session. */
	readonly values: Readonly<Record<string, ParamValue>>;
}
