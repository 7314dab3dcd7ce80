import { useComputed, useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { Knob } from "../knob.ts";
import { useDrag } from "./drag.ts";
import { described, Name } from "./name.tsx";
import { Readout, useEntry } from "./readout.tsx";
import { normOf, spoken, valueAt } from "./scale.ts";
import { beginsEntry, turnByKey, turnByWheel } from "./turn.ts";

/** A number between two ends. Upright on a desk, lying where the page is narrow and scrolls up and down. */
export function Fader({ knob, lying = false }: { knob: Knob; lying?: boolean }) {
	const { info, value } = knob;
	const slot = useRef<HTMLDivElement>(null);
	const entry = useEntry();
	const held = useSignal(false);
	const fill = useComputed(() => {
		const rest = (normOf(info, value.value) - 1) * 100;
		return lying ? `transform:translateX(${rest}%)` : `transform:translateY(${-rest}%)`;
	});
	const now = useComputed(() => Number(value.value));
	const text = useComputed(() => spoken(info, value.value));
	const drag = useDrag({
		travel: ({ clientWidth, clientHeight }) => (lying ? [clientWidth, 0] : [0, clientHeight]),
		read: () => [normOf(info, value.peek()), normOf(info, value.peek())],
		write: (x, y, fine) => knob.set(valueAt(info, lying ? x : y, fine)),
		reset: () => knob.set(info.default),
		held: (is) => {
			held.value = is;
		},
	});
	const home = normOf(info, info.default);
	return (
		<div class={lying ? "fader lying" : "fader"} data-control={info.address}>
			<Name info={info} />
			<div
				ref={slot}
				class="slot"
				role="slider"
				tabIndex={0}
				aria-label={info.label}
				aria-description={described(info)}
				aria-orientation={lying ? "horizontal" : "vertical"}
				aria-valuemin={info.min}
				aria-valuemax={info.max}
				aria-valuenow={now}
				aria-valuetext={text}
				aria-readonly={info.readOnly}
				data-held={held}
				{...(info.readOnly ? {} : drag)}
				onKeyDown={(event) => {
					if (turnByKey(knob, event)) event.preventDefault();
					else if (beginsEntry(event) && !info.readOnly) {
						event.preventDefault();
						entry.begin(event.key);
					}
				}}
				onWheel={(event) => turnByWheel(knob, event)}
			>
				<div class="fill" style={fill} />
				<div class="home" style={lying ? `left:${home * 100}%` : `bottom:${home * 100}%`} />
			</div>
			<Readout knob={knob} entry={entry} />
		</div>
	);
}
