import type { ReadonlySignal } from "@preact/signals";
import type { ParamInfo, ParamValue } from "../client/index.ts";

/** Something that may be chosen. */
export interface Option {
	readonly id: string;
	readonly title: string;
	/** Why it cannot be chosen now. */
	readonly reason?: string | undefined;
}

/** A parameter as a control holds it. */
export interface Knob {
	readonly info: ParamInfo;
	/** What was set here, else what the daemon last said. */
	readonly value: ReadonlySignal<ParamValue>;
	/** How often the trigger was fired, by anyone. */
	readonly fired: ReadonlySignal<number>;
	/** What may be chosen, where that changes while the daemon runs; empty until it was asked. */
	readonly options?: ReadonlySignal<readonly Option[]> | undefined;
	/** Asks anew what may be chosen: files come and go unheard. */
	readonly ask?: (() => void) | undefined;
	set(value: ParamValue): void;
	fire(): void;
}
