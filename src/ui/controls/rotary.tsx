import { useComputed, useSignal } from "@preact/signals";
import type { Knob } from "../knob.ts";
import { useDrag } from "./drag.ts";
import { described, Name } from "./name.tsx";
import { Readout, useEntry } from "./readout.tsx";
import { normOf, spoken, valueAt } from "./scale.ts";
import { beginsEntry, turnByKey, turnByWheel } from "./turn.ts";

/** Pixels of travel, upwards, from one end to the other. */
const TRAVEL = 180;

/** A knob turns from seven to five o'clock. Degrees. */
const SWEEP = 270;

/** The length of the whole arc: radius 40, three quarters of the way round. */
const ARC = (2 * Math.PI * 40 * SWEEP) / 360;

/** A number as a knob: for what is set once rather than played. */
export function Rotary({ knob }: { knob: Knob }) {
	const { info, value } = knob;
	const entry = useEntry();
	const held = useSignal(false);
	const arc = useComputed(() => `stroke-dasharray:${normOf(info, value.value) * ARC} 999`);
	const hand = useComputed(() => `transform:rotate(${(normOf(info, value.value) - 0.5) * SWEEP}deg)`);
	const now = useComputed(() => Number(value.value));
	const text = useComputed(() => spoken(info, value.value));
	const drag = useDrag({
		travel: () => [0, TRAVEL],
		read: () => [0, normOf(info, value.peek())],
		write: (_, y, fine) => knob.set(valueAt(info, y, fine)),
		reset: () => knob.set(info.default),
		held: (is) => {
			held.value = is;
		},
	});
	return (
		<div class="rotary" data-control={info.address}>
			<Name info={info} />
			<div
				class="dial"
				role="slider"
				tabIndex={0}
				aria-label={info.label}
				aria-description={described(info)}
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
				<svg viewBox="0 0 100 100" aria-hidden="true">
					<g transform="rotate(135 50 50)">
						<circle class="track" cx="50" cy="50" r="40" style={`stroke-dasharray:${ARC} 999`} />
						<circle class="arc" cx="50" cy="50" r="40" style={arc} />
					</g>
					<path class="hand" d="M50 26V14" style={hand} />
				</svg>
			</div>
			<Readout knob={knob} entry={entry} />
		</div>
	);
}
