import { useComputed } from "@preact/signals";
import type { Knob } from "../knob.ts";
import { Name } from "./name.tsx";
import { Readout, useEntry } from "./readout.tsx";
import { normOf } from "./scale.ts";
import { useSlide } from "./slide.ts";

/** A number between two ends. Upright on a desk, lying where the page is narrow and scrolls up and down. */
export function Fader({ knob, lying = false }: { knob: Knob; lying?: boolean }) {
	const { info, value } = knob;
	const entry = useEntry();
	const fill = useComputed(() => {
		const rest = (normOf(info, value.value) - 1) * 100;
		return lying ? `transform:translateX(${rest}%)` : `transform:translateY(${-rest}%)`;
	});
	const slide = useSlide(knob, entry, {
		travel: ({ clientWidth, clientHeight }) => (lying ? [clientWidth, 0] : [0, clientHeight]),
		lying,
	});
	const home = normOf(info, info.default);
	return (
		<div class={lying ? "fader lying" : "fader"} data-control={info.address}>
			<Name info={info} />
			<div class="slot" {...slide}>
				<div class="fill" style={fill} />
				<div class="home" style={lying ? `left:${home * 100}%` : `bottom:${home * 100}%`} />
			</div>
			<Readout knob={knob} entry={entry} />
		</div>
	);
}
