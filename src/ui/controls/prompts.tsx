import { useComputed, useSignal } from "@preact/signals";
import type { Knob } from "../knob.ts";
import { Fader } from "./fader.tsx";
import { Text } from "./field.tsx";

/** One prompt and how much it counts. */
export interface Slot {
	readonly text: Knob;
	readonly weight?: Knob | undefined;
}

/** Prompts and their weights. Those behind the last that says something are offered one at a time. */
export function Prompts({ slots }: { slots: readonly Slot[] }) {
	const wanted = useSignal(1);
	const used = useComputed(() => slots.reduce((last, { text }, i) => (text.value.value === "" ? last : i + 1), 0));
	const count = Math.min(slots.length, Math.max(used.value, wanted.value, 1));
	return (
		<div class="prompts">
			{slots.slice(0, count).map(({ text, weight }) => (
				<div class="prompt" key={text.info.address}>
					<Text knob={text} lines={2} />
					{weight && <Fader knob={weight} lying />}
				</div>
			))}
			{count < slots.length && (
				<button
					type="button"
					class="quiet"
					onClick={() => {
						wanted.value = count + 1;
					}}
				>
					Add a prompt
				</button>
			)}
		</div>
	);
}
