import { type Signal, useComputed } from "@preact/signals";
import { useRef } from "preact/hooks";
import { useShow } from "../show.ts";
import { NewSession } from "./new-session.tsx";

/** The head of the page: sessions, and whether all is well. */
export function Bar({ selected }: { selected: Signal<string> }) {
	const show = useShow();
	const dialog = useRef<HTMLDialogElement>(null);
	const sessions = useComputed(() => show.status.value?.sessions ?? []);
	const name = selected.value;
	const wrong = useComputed(() => {
		const { state, reason } = sessions.value.find((session) => session.name === selected.value) ?? { state: "running" };
		return state === "waiting" || state === "quarantined" ? `${state}: ${reason ?? "no reason given"}` : "";
	});
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
			<p class="wrong" role="status">
				{wrong}
			</p>
			<NewSession dialog={dialog} selected={selected} />
		</header>
	);
}
