import { useComputed } from "@preact/signals";
import type { ComponentChildren } from "preact";
import type { Knob } from "../knob.ts";

/** One of a list: what it is turned with, and how that is drawn. */
interface Entry {
	readonly knobs: readonly Knob[];
	readonly controls: ComponentChildren;
}

/** A list of things with several controls each, a line for each: those in use, and the next one. */
export function Entries({ name, entries }: { name: string; entries: readonly Entry[] }) {
	const used = useComputed(() => entries.reduce((last, { knobs }, i) => (knobs.some(isTurned) ? i + 1 : last), 0));
	return (
		<div class="entries">
			{entries.slice(0, used.value + 1).map(({ knobs, controls }, i) => (
				<fieldset class="entry" key={knobs[0]?.info.address} aria-label={`${name} ${i + 1}`}>
					{controls}
				</fieldset>
			))}
		</div>
	);
}

/** Turned by a hand, or named from the beginning. */
function isTurned({ info, value }: Knob): boolean {
	return value.value !== info.default || (info.type === "string" && info.default !== "");
}
