import { useComputed, useSignal } from "@preact/signals";
import type { Knob } from "../knob.ts";
import { type Grip, useDrag } from "./drag.ts";
import { described } from "./name.tsx";
import type { useEntry } from "./readout.tsx";
import { normOf, spoken, valueAt } from "./scale.ts";
import { beginsEntry, turnByKey, turnByWheel } from "./turn.ts";

/** Which way a slider goes. */
export interface Way {
	/** As a grip's. */
	readonly travel: Grip["travel"];
	/** Whether it is turned across, not upwards. */
	readonly lying: boolean;
}

/**
 * What makes an element the slider of a number: to fingers, keys and the wheel, and to those who do not see it. A digit begins
 * to type the number into `entry`.
 */
export function useSlide(knob: Knob, entry: ReturnType<typeof useEntry>, { travel, lying }: Way) {
	const { info, value, set } = knob;
	const held = useSignal(false);
	const now = useComputed(() => Number(value.value));
	const text = useComputed(() => spoken(info, value.value));
	const drag = useDrag({
		travel,
		read: () => [normOf(info, value.peek()), normOf(info, value.peek())],
		write: (x, y, fine) => set(valueAt(info, lying ? x : y, fine)),
		reset: () => set(info.default),
		held: (is) => {
			held.value = is;
		},
	});
	return {
		role: "slider",
		tabIndex: 0,
		"aria-label": info.label,
		"aria-description": described(info),
		"aria-orientation": lying ? "horizontal" : "vertical",
		"aria-valuemin": info.min,
		"aria-valuemax": info.max,
		"aria-valuenow": now,
		"aria-valuetext": text,
		"aria-readonly": info.readOnly,
		"data-held": held,
		...(info.readOnly ? {} : drag),
		onKeyDown(event: KeyboardEvent) {
			if (turnByKey(knob, event)) event.preventDefault();
			else if (beginsEntry(event) && !info.readOnly) {
				event.preventDefault();
				entry.begin(event.key);
			}
		},
		onWheel: (event: WheelEvent) => turnByWheel(knob, event),
	} as const;
}
