import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import type { Knob } from "../knob.ts";
import { described, Name } from "./name.tsx";

/** More choices, or longer words, than fit side by side go into a list. All are as wide as the longest. */
const SIDE_BY_SIDE = { choices: 4, letters: 26 };

/** One word of several. */
export function Choice({ knob }: { knob: Knob }) {
	const { choices = [] } = knob.info;
	const fits = choices.length <= SIDE_BY_SIDE.choices && lettersOf(choices) <= SIDE_BY_SIDE.letters;
	return fits ? <Segments knob={knob} /> : <List knob={knob} />;
}

function lettersOf(choices: readonly string[]): number {
	return choices.length * Math.max(...choices.map(({ length }) => length));
}

function Segments({ knob: { info, value, set } }: { knob: Knob }) {
	const id = useId();
	return (
		<fieldset class="choice" data-control={info.address} disabled={info.readOnly} aria-description={described(info)}>
			<legend>
				<Name info={info} />
			</legend>
			<div class="segments">
				{info.choices?.map((choice) => (
					<label key={choice}>
						<input
							type="radio"
							name={id}
							value={choice}
							checked={value.value === choice}
							onChange={() => set(choice)}
						/>
						<span>{words(choice)}</span>
					</label>
				))}
			</div>
		</fieldset>
	);
}

/** One of what there is at the moment. What is chosen is shown also when it has gone. */
export function Offer({ knob }: { knob: Knob }) {
	const chosen = String(knob.value.value);
	const offers = knob.options?.value ?? [];
	const isKnown = offers.some(({ id }) => id === chosen);
	return (
		<Select knob={knob}>
			{!isKnown && <option value={chosen}>{chosen === "" ? "–" : chosen}</option>}
			{offers.map(({ id, title, reason }) => (
				<option key={id} value={id} disabled={reason !== undefined}>
					{reason === undefined ? title : `${title} – ${reason}`}
				</option>
			))}
		</Select>
	);
}

function List({ knob }: { knob: Knob }) {
	return (
		<Select knob={knob}>
			{knob.info.choices?.map((choice) => (
				<option key={choice} value={choice}>
					{words(choice)}
				</option>
			))}
		</Select>
	);
}

/** A list that opens. What it may offer is asked for anew when it is gone to. */
function Select({ knob: { info, value, set, ask }, children }: { knob: Knob; children: ComponentChildren }) {
	return (
		<label class="choice" data-control={info.address}>
			<Name info={info} />
			<select
				value={String(value.value)}
				disabled={info.readOnly}
				onFocus={ask}
				aria-description={described(info)}
				onChange={({ currentTarget }) => set(currentTarget.value)}
			>
				{children}
			</select>
		</label>
	);
}

/** An id as words: `gray-scott` → `gray scott`. */
function words(id: string): string {
	return id.replace(/[-_]/g, " ");
}
