import { type Signal, signal, useComputed, useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { Knob } from "../knob.ts";
import { type Suggestions, saidIn, surprise, withWord } from "../wording.ts";
import { Fader } from "./fader.tsx";
import { Text } from "./field.tsx";
import { Surprise, Words } from "./words.tsx";

/** One prompt and how much it counts. */
export interface Slot {
	readonly text: Knob;
	readonly weight?: Knob | undefined;
}

/** Prompts, their weights, and words for them. Those behind the last that says something are offered one at a time. */
export function Prompts({ slots }: { slots: readonly Slot[] }) {
	const wanted = useSignal(1);
	const aimed = useSignal(0);
	const drafts = useMemo(() => slots.map(() => signal<string | undefined>(undefined)), [slots.length]);
	const used = useComputed(() => slots.reduce((last, { text }, i) => (text.value.value === "" ? last : i + 1), 0));
	const count = Math.min(slots.length, Math.max(used.value, wanted.value, 1));
	const aim = Math.min(aimed.value, count - 1);
	const suggestions = slots[0]?.text.info.suggestions;
	const [target, draft] = [slots[aim], drafts[aim]];
	return (
		<div class="prompts" data-several={count > 1}>
			{slots.slice(0, count).map(({ text, weight }, i) => (
				<div
					class="prompt"
					key={text.info.address}
					data-aimed={suggestions !== undefined && i === aim}
					onFocusIn={() => {
						aimed.value = i;
					}}
				>
					<Text knob={text} lines={2} draft={drafts[i]} />
					{weight && (count > 1 || weight.value.value !== weight.info.default) && <Fader knob={weight} lying />}
				</div>
			))}
			<div class="beside">
				{suggestions && target && draft && (
					<Surprise
						disabled={target.text.info.readOnly}
						ask={() => {
							draft.value = undefined;
							target.text.set(surprise(suggestions));
						}}
					/>
				)}
				{count < slots.length && (
					<button
						type="button"
						class="quiet"
						onClick={() => {
							wanted.value = count + 1;
							aimed.value = count;
						}}
					>
						Add a prompt
					</button>
				)}
			</div>
			{suggestions && target && draft && <Offered suggestions={suggestions} knob={target.text} draft={draft} />}
		</div>
	);
}

/** The words on offer for one prompt. What is being typed there counts as said. */
function Offered(props: { suggestions: Suggestions; knob: Knob; draft: Signal<string | undefined> }) {
	const { suggestions, knob, draft } = props;
	const text = () => draft.value ?? String(knob.value.value);
	return (
		<Words
			suggestions={suggestions}
			said={saidIn(text(), suggestions.kinds)}
			disabled={knob.info.readOnly}
			put={(kind, word) => {
				const next = withWord(text(), suggestions.kinds, kind, word);
				draft.value = undefined;
				knob.set(next);
			}}
		/>
	);
}
