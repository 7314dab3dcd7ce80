import { useComputed, useSignal } from "@preact/signals";
import type { Knob } from "../knob.ts";
import { shown } from "./scale.ts";

/** What a control needs to let a number be typed into it. */
export function useEntry() {
	const typed = useSignal<string | undefined>(undefined);
	/** Begins, by a key or by a tap. */
	const begin = (key: string) => {
		typed.value = key.length === 1 ? key : "";
	};
	return { typed, begin };
}

/** The number of a control, to be read; tapped or typed at, to be written. Its box never changes its size. */
export function Readout({ knob, entry }: { knob: Knob; entry: ReturnType<typeof useEntry> }) {
	const { info } = knob;
	const text = useComputed(() => shown(info, knob.value.value));
	const { typed, begin } = entry;
	if (typed.value !== undefined) return <Typing knob={knob} entry={entry} first={typed.value} />;
	return (
		<button
			type="button"
			class="readout"
			tabIndex={-1}
			disabled={info.readOnly}
			aria-label={`Type ${info.label}`}
			onClick={() => begin("")}
		>
			<span>{text}</span>
			{info.unit && <small>{info.unit}</small>}
		</button>
	);
}

function Typing({ knob, entry: { typed }, first }: { knob: Knob; entry: ReturnType<typeof useEntry>; first: string }) {
	const { info } = knob;
	const end = (input: HTMLInputElement, keep: boolean) => {
		if (typed.value === undefined) return;
		const number = Number(input.value.replace(",", "."));
		if (keep && input.value.trim() !== "" && Number.isFinite(number)) knob.set(number);
		const control = input.closest("[data-control]")?.querySelector<HTMLElement>("[role=slider], [role=spinbutton]");
		const hadFocus = document.activeElement === input;
		typed.value = undefined;
		if (hadFocus) control?.focus({ preventScroll: true });
	};
	return (
		<input
			class="readout typing"
			type="text"
			inputMode="decimal"
			enterKeyHint="done"
			autocomplete="off"
			aria-label={info.label}
			defaultValue={first || shown(info, knob.value.peek())}
			ref={(input) => {
				if (!input || document.activeElement === input) return;
				input.focus({ preventScroll: true });
				if (first) input.setSelectionRange(first.length, first.length);
				else input.select();
			}}
			onKeyDown={(event) => {
				event.stopPropagation();
				if (event.key === "Enter") end(event.currentTarget, true);
				else if (event.key === "Escape") end(event.currentTarget, false);
			}}
			onBlur={(event) => end(event.currentTarget, true)}
		/>
	);
}
