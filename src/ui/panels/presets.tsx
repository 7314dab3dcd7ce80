import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Preset } from "../preset.ts";
import { useShow } from "../show.ts";
import { Morph } from "./morph.tsx";
import { Panel } from "./panel.tsx";

/** Seconds between two looks at what there is. */
const AGAIN = 10;

/** How long a recall takes, in seconds. */
const FADES = [0, 0.5, 2, 8];

/** Saves all values of a session under a name, puts them back, and travels between two of them. */
export function Presets({ session }: { session: string }) {
	const show = useShow();
	const list = useSignal<readonly Preset[]>([]);
	const seconds = useSignal(0.5);
	const editing = useSignal(false);
	const { state } = show.connection.value;
	const read = async () => {
		list.value = (await show.rest.get<{ presets: readonly Preset[] }>("/presets")).presets;
	};
	useEffect(() => {
		if (state !== "open") return undefined;
		show.attempt(read());
		// Others save presets, too.
		const timer = setInterval(() => void read().catch(() => {}), AGAIN * 1000); // the banner says that nobody answers
		return () => clearInterval(timer);
	}, [state]);
	const act = (what: Promise<unknown>) => show.attempt(what.then(read));
	const at = (name: string) => `/presets/${encodeURIComponent(name)}`;
	const tap = (name: string) => {
		if (!editing.value) act(show.rest.post(`${at(name)}/recall`, { session, seconds: seconds.value, curve: "smooth" }));
		else if (confirm(`Delete the preset ${name}?`)) act(show.rest.remove(at(name)));
	};
	return (
		<Panel title="Presets">
			<form
				class="save"
				onSubmit={(event) => {
					event.preventDefault();
					const field = event.currentTarget.elements.namedItem("name") as HTMLInputElement;
					const name = field.value.trim();
					if (name === "") return;
					act(show.rest.put(at(name), { session }));
					field.value = "";
				}}
			>
				<input
					name="name"
					type="text"
					maxLength={100}
					placeholder="Name"
					aria-label="Name of the new preset"
					autocomplete="off"
				/>
				<button type="submit">Save</button>
			</form>
			<div class="presets" data-editing={editing}>
				{list.value.map(({ name }) => (
					<button
						type="button"
						key={name}
						aria-label={editing.value ? `Delete ${name}` : `Recall ${name}`}
						onClick={() => tap(name)}
					>
						{name}
					</button>
				))}
				{list.value.length === 0 && <p class="hint">Save the look of now under a name; tap it to come back.</p>}
				{list.value.length > 0 && (
					<button
						type="button"
						class="quiet"
						aria-pressed={editing}
						onClick={() => {
							editing.value = !editing.value;
						}}
					>
						{editing.value ? "Done" : "Delete…"}
					</button>
				)}
			</div>
			<fieldset class="choice">
				<legend class="name">Travel</legend>
				<div class="segments">
					{FADES.map((fade) => (
						<label key={fade}>
							<input
								type="radio"
								name="fade"
								checked={seconds.value === fade}
								onChange={() => {
									seconds.value = fade;
								}}
							/>
							<span>{fade === 0 ? "jump" : `${fade} s`}</span>
						</label>
					))}
				</div>
			</fieldset>
			<Morph session={session} presets={list.value} />
		</Panel>
	);
}
