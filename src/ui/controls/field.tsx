import { type Signal, useComputed, useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import type { Knob } from "../knob.ts";
import { described, Name } from "./name.tsx";
import { nudged, shown, stepOf } from "./scale.ts";

interface TextProps {
	readonly knob: Knob;
	readonly lines?: number;
	/** Shown while there is no text. */
	readonly placeholder?: string | undefined;
	/** Where others see what is being typed; `undefined` while nothing is. */
	readonly draft?: Signal<string | undefined> | undefined;
}

/** Text. It is sent when it is finished: by Enter, or by leaving it. */
export function Text({ knob: { info, value, set, ask }, lines = 1, placeholder, draft: shared }: TextProps) {
	const id = useId();
	const own = useSignal<string | undefined>(undefined);
	const draft = shared ?? own;
	const text = useComputed(() => draft.value ?? String(value.value));
	const finish = () => {
		if (draft.value !== undefined && draft.value !== value.peek()) set(draft.value);
		draft.value = undefined;
	};
	const edit = {
		value: text,
		maxLength: info.maxLength,
		readOnly: info.readOnly,
		placeholder,
		autocomplete: "off",
		spellcheck: false,
		"aria-description": described(info),
		onInput: ({ currentTarget }: { currentTarget: HTMLInputElement | HTMLTextAreaElement }) => {
			draft.value = currentTarget.value;
		},
		onFocus: ask,
		onBlur: finish,
		onKeyDown: (event: KeyboardEvent) => {
			if (event.key === "Escape") draft.value = undefined;
			else if (event.key === "Enter" && !event.shiftKey) {
				event.preventDefault();
				finish();
			}
		},
	};
	return (
		<div class="text" data-control={info.address} data-draft={useComputed(() => draft.value !== undefined)}>
			<label for={id}>
				<Name info={info} />
			</label>
			{lines > 1 ? (
				<textarea id={id} rows={lines} {...edit} />
			) : (
				<input id={id} type="text" enterKeyHint="done" {...edit} />
			)}
		</div>
	);
}

/** A number without ends: typed, or moved by steps. */
export function Stepper({ knob }: { knob: Knob }) {
	const { info, value, set } = knob;
	const id = useId();
	const text = useComputed(() => shown(info, value.value));
	const step = (by: number) => set(nudged(info, Number(value.peek()), by, true));
	return (
		<div class="stepper" data-control={info.address}>
			<label for={id}>
				<Name info={info} />
			</label>
			<div>
				<button type="button" aria-label={`${info.label} down`} disabled={info.readOnly} onClick={() => step(-1)}>
					−
				</button>
				<input
					id={id}
					type="number"
					inputMode="decimal"
					min={info.min}
					max={info.max}
					step={info.type === "integer" ? stepOf(info) : "any"}
					value={text}
					readOnly={info.readOnly}
					aria-description={described(info)}
					onChange={({ currentTarget }) => {
						if (currentTarget.value !== "") set(currentTarget.valueAsNumber);
					}}
				/>
				<button type="button" aria-label={`${info.label} up`} disabled={info.readOnly} onClick={() => step(1)}>
					+
				</button>
			</div>
		</div>
	);
}

/** A colour, as `#rrggbb`. */
export function Colour({ knob: { info, value, set } }: { knob: Knob }) {
	const colour = useComputed(() => String(value.value));
	return (
		<label class="colour" data-control={info.address}>
			<Name info={info} />
			<input
				type="color"
				value={colour}
				disabled={info.readOnly}
				aria-description={described(info)}
				onInput={({ currentTarget }) => set(currentTarget.value)}
			/>
		</label>
	);
}

/** A list of numbers. */
export function Numbers({ knob: { info, value, set } }: { knob: Knob }) {
	const list = (Array.isArray(value.value) ? value.value : []) as readonly number[];
	const most = info.maxLength ?? 64;
	const put = (i: number, number: number) => {
		if (Number.isFinite(number)) set(list.map((old, at) => (at === i ? number : old)));
	};
	return (
		<fieldset class="numbers" data-control={info.address} disabled={info.readOnly} aria-description={described(info)}>
			<legend>
				<Name info={info} />
			</legend>
			<div>
				{list.map((number, i) => (
					<input
						key={i}
						type="number"
						inputMode="decimal"
						min={info.min}
						max={info.max}
						step="any"
						aria-label={`${info.label} ${i + 1}`}
						value={number}
						onChange={({ currentTarget }) => put(i, currentTarget.valueAsNumber)}
					/>
				))}
				<button
					type="button"
					aria-label={`Fewer: ${info.label}`}
					disabled={list.length === 0}
					onClick={() => set(list.slice(0, -1))}
				>
					−
				</button>
				<button
					type="button"
					aria-label={`More: ${info.label}`}
					disabled={list.length >= most}
					onClick={() => set([...list, list.at(-1) ?? info.min ?? 0])}
				>
					+
				</button>
			</div>
		</fieldset>
	);
}
