import { useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { bytes } from "../../base/bytes.ts";
import { useShow } from "../show.ts";
import { useSession } from "../status.ts";
import { clock } from "../words.ts";

interface Recording {
	readonly id: string;
	readonly session: string;
	readonly bytes: number;
	/** Unix time in milliseconds. */
	readonly modified: number;
	readonly running: boolean;
}

/** Starts and stops the recording of a session, and lists what was recorded. */
export function Recordings({ session }: { session: string }) {
	const show = useShow();
	const status = useSession(session);
	const list = useSignal<readonly Recording[]>([]);
	const isOn = useComputed(() => status.value?.recording === true);
	const { state } = show.connection.value;
	const read = async () => {
		const { recordings } = await show.rest.get<{ recordings: readonly Recording[] }>("/recordings");
		list.value = recordings.filter((recording) => recording.session === session);
	};
	useEffect(() => {
		if (state !== "open") return undefined;
		const look = () => void read().catch(() => {}); // it is looked again, and the banner says that nobody answers
		look();
		const timer = setInterval(look, isOn.value ? 2000 : 10_000);
		return () => clearInterval(timer);
	}, [session, state, isOn.value]);
	const act = (what: Promise<unknown>) => show.attempt(what.then(read));
	const path = `/recordings/${encodeURIComponent(session)}`;
	return (
		<div class="recordings">
			<button
				type="button"
				class="toggle record"
				role="switch"
				aria-checked={isOn}
				onClick={() => act(show.rest.post(`${path}/${isOn.peek() ? "stop" : "start"}`))}
			>
				<span class="name">
					Record
					<small>{isOn.value ? bytes(list.value.find(({ running }) => running)?.bytes ?? 0) : "MP4"}</small>
				</span>
				<i class="lamp" />
			</button>
			<ul class="files">
				{list.value.slice(0, 20).map(({ id, bytes: size, modified, running }) => (
					<li key={id}>
						<span>
							{id}
							<small>
								{bytes(size)} · {running ? "being written" : clock(modified)}
							</small>
						</span>
						<a class="button quiet" href={`/api/v1/recordings/${encodeURIComponent(id)}`} download={id}>
							Save
						</a>
						<button
							type="button"
							class="quiet"
							disabled={running}
							aria-label={`Delete ${id}`}
							onClick={() => {
								if (confirm(`Delete ${id}?`)) act(show.rest.remove(`/recordings/${encodeURIComponent(id)}`));
							}}
						>
							Delete
						</button>
					</li>
				))}
			</ul>
		</div>
	);
}
