import { type Signal, useComputed } from "@preact/signals";
import { useRef } from "preact/hooks";
import { useShow } from "../show.ts";
import { NewSession } from "./new-session.tsx";

/** The head of the page: sessions, and whether all is well. */
export function Bar({ selected }: { selected: Signal<string> }) {
	const show = useShow();
	const dialog = useRef<HTMLDialogElement>(null);
	const sessions = useComputed(() => show.status.value?.sessions ?? []);
	const remove = (name: string) => {
		if (confirm(`End the session ${name}? Its parameters go with it.`)) {
			show.attempt(show.rest.remove(`/sessions/${encodeURIComponent(name)}`));
		}
	};
	const name = selected.value;
	return (
		<header class="bar">
			<h1>
				<img src="/icon.svg" alt="" width="28" height="28" />
				<span>Mutoscope</span>
			</h1>
			<nav aria-label="Sessions">
				{sessions.value.map((session) => (
					<button
						type="button"
						key={session.name}
						aria-current={session.name === name ? "true" : undefined}
						data-state={session.state}
						onClick={() => {
							selected.value = session.name;
						}}
					>
						{session.name}
						{session.recording && <i class="recording" role="img" aria-label="recording" />}
					</button>
				))}
				<button type="button" class="quiet" aria-label="New session" onClick={() => dialog.current?.showModal()}>
					+
				</button>
			</nav>
			<div class="acts">
				<button
					type="button"
					class="quiet"
					aria-label={`Restart ${name}`}
					onClick={() => show.attempt(show.rest.post(`/sessions/${encodeURIComponent(name)}/restart`))}
				>
					Restart
				</button>
				<button
					type="button"
					class="quiet"
					aria-label={`End ${name}`}
					disabled={sessions.value.length < 2}
					onClick={() => remove(name)}
				>
					End
				</button>
			</div>
			<NewSession dialog={dialog} selected={selected} />
		</header>
	);
}
