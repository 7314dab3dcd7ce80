import { useEffect, useRef } from "preact/hooks";
import { goesWith, type Suggestions, type WordKind } from "../wording.ts";

interface WordsProps {
	readonly suggestions: Suggestions;
	/** The offered words that the text says, by kind. */
	readonly said: ReadonlyMap<string, string>;
	readonly disabled: boolean;
	/** A word was chosen, or taken back. */
	readonly put: (kind: string, word: string) => void;
}

/** Words for a text, a line for each kind: one tap says it, another takes it back. */
export function Words({ suggestions: { kinds }, said, disabled, put }: WordsProps) {
	return (
		<fieldset class="words" aria-label="Words" disabled={disabled}>
			{kinds.map((kind) => (
				<Kind key={kind.name} kind={kind} said={said} put={(word) => put(kind.name, word)} />
			))}
		</fieldset>
	);
}

interface KindProps {
	readonly kind: WordKind;
	readonly said: WordsProps["said"];
	readonly put: (word: string) => void;
}

/** One stop for the keyboard; arrows go from word to word. */
function Kind({ kind, said: all, put }: KindProps) {
	const { name, words, before, swatches = [] } = kind;
	const said = all.get(name);
	const strip = useRef<HTMLDivElement>(null);
	useEffect(() => {
		const chip = strip.current?.querySelector<HTMLElement>("[aria-pressed=true]");
		if (!strip.current || !chip) return;
		strip.current.scrollLeft = chip.offsetLeft + (chip.offsetWidth - strip.current.clientWidth) / 2;
	}, [said]);
	const stop = said !== undefined && words.includes(said) ? said : words[0];
	return (
		<div class="kind" data-few={words.length < 5} role="toolbar" aria-label={name} onKeyDown={step}>
			<span class="name" aria-hidden="true">
				{name}
			</span>
			<div class="chips" ref={strip}>
				{words.map((word, i) => (
					<button
						type="button"
						key={word}
						class="chip"
						aria-pressed={word === said}
						data-odd={!goesWith(kind, word, all)}
						aria-label={before === undefined ? word : `${before} ${word}`}
						tabIndex={word === stop ? 0 : -1}
						onClick={() => put(word)}
					>
						{swatches[i] && <i class="swatch" style={`background:${swatches[i]}`} />}
						{word}
					</button>
				))}
			</div>
		</div>
	);
}

const STEPS: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

function step(event: KeyboardEvent): void {
	const by = STEPS[event.key];
	if (by === undefined) return;
	const chips = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>(".chip")];
	const at = chips.indexOf(event.target as HTMLElement);
	chips[(at + by + chips.length) % chips.length]?.focus();
	event.preventDefault();
}

/** A button that makes up a whole text. */
export function Surprise({ disabled, ask }: { disabled: boolean; ask: () => void }) {
	return (
		<button type="button" class="surprise" disabled={disabled} onClick={ask}>
			<svg viewBox="0 0 24 24" aria-hidden="true">
				<rect x="3" y="3" width="18" height="18" rx="4" />
				<path d="M8 8h.01M16 8h.01M12 12h.01M8 16h.01M16 16h.01" />
			</svg>
			Surprise me
		</button>
	);
}
