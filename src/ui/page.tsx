import { effect, type Signal, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { roomy, slim, stacked } from "./layout.ts";
import { Bar } from "./panels/bar.tsx";
import { Health } from "./panels/health.tsx";
import { Log } from "./panels/log.tsx";
import { Notices } from "./panels/notices.tsx";
import { Outputs } from "./panels/outputs.tsx";
import { Play } from "./panels/play.tsx";
import { Presets } from "./panels/presets.tsx";
import { Preview } from "./panels/preview.tsx";
import { Source } from "./panels/source.tsx";
import { useShow } from "./show.ts";

type Drawn = (session: string) => ComponentChildren;

const PANELS: Readonly<Record<string, Drawn>> = {
	Play: (session) => <Play session={session} />,
	Source: (session) => <Source session={session} />,
	Outputs: (session) => <Outputs session={session} />,
	Presets: (session) => <Presets session={session} />,
	Health: (session) => <Health session={session} />,
	Log: () => <Log />,
};

/** The page: the picture, the knobs, and everything around them, as much at once as there is room. */
export function Page() {
	const show = useShow();
	const selected = useSignal(decodeURIComponent(location.hash.slice(1)) || "main");
	useEffect(() => {
		let before: readonly string[] | undefined;
		return effect(() => {
			const names = show.status.value?.sessions.map(({ name }) => name) ?? [];
			const isGone = before?.includes(selected.value) ?? names.length > 0;
			// One that was begun a moment ago is not in the status yet.
			if (isGone && names[0] !== undefined && !names.includes(selected.value)) selected.value = names[0];
			if (names.length > 0) before = names;
			document.title = `${selected.value} – Mutoscope`;
			history.replaceState(null, "", `#${encodeURIComponent(selected.value)}`);
		});
	}, []);
	const session = selected.value;
	const layout = stacked.value ? "stacked" : roomy.value ? "roomy" : "medium";
	return (
		<div class={`page ${layout} ${slim.value ? "slim" : ""}`}>
			<Bar selected={selected} />
			<main key={session}>
				<div class="stage">
					<Preview session={session} />
					{layout === "medium" && <Deck names={["Source", "Outputs", "Presets", "Health", "Log"]} session={session} />}
					{layout === "roomy" && (
						<div class="pair">
							<Source session={session} />
							<Outputs session={session} />
						</div>
					)}
				</div>
				{layout === "stacked" ? <Deck names={Object.keys(PANELS)} session={session} /> : <Play session={session} />}
				{layout === "roomy" && (
					<div class="aside">
						<Presets session={session} />
						<Health session={session} />
						<Log />
					</div>
				)}
			</main>
			<Notices />
		</div>
	);
}

/** Several panels in one place. */
function Deck({ names, session }: { names: readonly string[]; session: string }) {
	const front = useSignal(names[0] ?? "");
	return (
		<div class="deck">
			<div class="tabs" role="tablist" aria-label="Panels" onKeyDown={(event) => moveTab(event, names, front)}>
				{names.map((name) => (
					<button
						type="button"
						key={name}
						role="tab"
						id={`tab-${name}`}
						aria-selected={front.value === name}
						aria-controls="deck-panel"
						tabIndex={front.value === name ? 0 : -1}
						onClick={() => {
							front.value = name;
						}}
					>
						{name}
					</button>
				))}
			</div>
			<div role="tabpanel" id="deck-panel" aria-labelledby={`tab-${front.value}`}>
				{PANELS[front.value]?.(session)}
			</div>
		</div>
	);
}

function moveTab({ key, currentTarget }: KeyboardEvent, names: readonly string[], front: Signal<string>): void {
	const by = key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : 0;
	if (by === 0) return;
	front.value = names[(names.indexOf(front.value) + by + names.length) % names.length] ?? front.value;
	(currentTarget as HTMLElement).querySelector<HTMLElement>(`#tab-${front.value}`)?.focus();
}
