import { useComputed, useSignal } from "@preact/signals";
import type { ParamInfo, ParamValue } from "../../client/index.ts";
import { Fader } from "../controls/fader.tsx";
import { normOf, valueAt } from "../controls/scale.ts";
import type { Knob } from "../knob.ts";
import type { Preset } from "../preset.ts";
import { useShow } from "../show.ts";

const WAY: ParamInfo = {
	address: "/morph",
	type: "number",
	default: 0,
	label: "A → B",
	aliases: [],
	min: 0,
	max: 1,
	step: 0.001,
	apply: "chunk",
	modulate: false,
	readOnly: false,
};

/** Travels from one preset to another by hand. Numbers go the whole way, everything else changes in the middle. */
export function Morph({ session, presets }: { session: string; presets: readonly Preset[] }) {
	const show = useShow();
	const names = [useSignal(""), useSignal("")] as const;
	const way = useSignal<ParamValue>(0);
	const ends = useComputed(() => names.map((name) => presets.find((preset) => preset.name === name.value)));
	const knob: Knob = {
		info: WAY,
		value: way,
		fired: useSignal(0),
		fire() {},
		set(value) {
			way.value = value;
			const [a, b] = ends.peek();
			if (!a || !b) return;
			for (const info of show.tree.peek()) {
				const rest = info.address.slice(session.length + 1);
				const [from, to] = [a.values[rest], b.values[rest]];
				if (!info.address.startsWith(`/${session}/`) || from === undefined || to === undefined || info.readOnly)
					continue;
				// What opens the pipeline anew is not for a hand that travels.
				if (info.apply === "reload" || info.type === "trigger") continue;
				show.client.set(info.address, between(info, from, to, Number(value)));
			}
		},
	};
	return (
		<div class="morph">
			{names.map((name, i) => (
				<select
					key={i === 0 ? "A" : "B"}
					aria-label={i === 0 ? "Preset A" : "Preset B"}
					value={name}
					onChange={({ currentTarget }) => {
						name.value = currentTarget.value;
						way.value = 0;
					}}
				>
					<option value="">{i === 0 ? "A …" : "B …"}</option>
					{presets.map((preset) => (
						<option key={preset.name}>{preset.name}</option>
					))}
				</select>
			))}
			<Fader knob={knob} lying />
		</div>
	);
}

function between(info: ParamInfo, from: ParamValue, to: ParamValue, share: number): ParamValue {
	const isTravelling =
		(info.type === "number" || info.type === "integer") && info.min !== undefined && info.max !== undefined;
	if (!isTravelling) return share < 0.5 ? from : to;
	if (share === 0 || share === 1) return share === 0 ? from : to;
	const [a, b] = [normOf(info, from), normOf(info, to)];
	return valueAt(info, a + (b - a) * share, true);
}
