import { useComputed } from "@preact/signals";
import type { Knob } from "../knob.ts";
import { Name } from "./name.tsx";
import { Readout, useEntry } from "./readout.tsx";
import { normOf } from "./scale.ts";
import { useSlide } from "./slide.ts";

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
	const arc = useComputed(() => `stroke-dasharray:${normOf(info, value.value) * ARC} 999`);
	const hand = useComputed(() => `transform:rotate(${(normOf(info, value.value) - 0.5) * SWEEP}deg)`);
	const slide = useSlide(knob, entry, { travel: () => [0, TRAVEL], lying: false });
	return (
		<div class="rotary" data-control={info.address}>
			<Name info={info} />
			<div class="dial" {...slide}>
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
