import { type Signal, useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";
import { useShow } from "../show.ts";

interface Offer {
	readonly id: string;
	readonly title: string;
	readonly available?: boolean;
	readonly reason?: string;
}

/** Asks for the name of a new session, and what it is made of. */
export function NewSession({
	dialog,
	selected,
}: {
	dialog: RefObject<HTMLDialogElement | null>;
	selected: Signal<string>;
}) {
	const show = useShow();
	const pipelines = useSignal<readonly Offer[]>([]);
	const sources = useSignal<readonly Offer[]>([]);
	const { state } = show.connection.value;
	useEffect(() => {
		if (state !== "open") return;
		const read = async () => {
			pipelines.value = (await show.rest.get<{ pipelines: readonly Offer[] }>("/pipelines")).pipelines;
			sources.value = (await show.rest.get<{ sources: readonly Offer[] }>("/sources")).sources;
		};
		show.attempt(read());
	}, [state]);
	const begin = async (form: FormData) => {
		const text = (key: string) => String(form.get(key) ?? "").trim();
		const [name, pipeline, source] = [text("name"), text("pipeline"), text("source")];
		await show.rest.post("/sessions", { name, ...(pipeline && { pipeline }), ...(source && { source }) });
		selected.value = name;
		dialog.current?.close();
	};
	return (
		<dialog ref={dialog} aria-label="New session">
			<form
				method="dialog"
				onSubmit={(event) => {
					event.preventDefault();
					show.attempt(begin(new FormData(event.currentTarget)));
				}}
			>
				<h2>New session</h2>
				<label class="text">
					<span class="name">Name</span>
					<input
						name="name"
						required
						maxLength={64}
						pattern="[a-z0-9_\-]+"
						title="Lower-case letters, digits, - and _"
						autocomplete="off"
					/>
				</label>
				<Offers name="pipeline" label="Pipeline" offers={pipelines.value} />
				<Offers name="source" label="Source" offers={sources.value} />
				<footer>
					<button type="button" class="quiet" onClick={() => dialog.current?.close()}>
						Cancel
					</button>
					<button type="submit" class="main">
						Begin
					</button>
				</footer>
			</form>
		</dialog>
	);
}

function Offers({ name, label, offers }: { name: string; label: string; offers: readonly Offer[] }) {
	return (
		<label class="choice">
			<span class="name">{label}</span>
			<select name={name}>
				<option value="">the usual</option>
				{offers.map(({ id, title, available = true, reason }) => (
					<option key={id} value={id} disabled={!available} title={reason}>
						{available ? title : `${title} – ${reason}`}
					</option>
				))}
			</select>
		</label>
	);
}
