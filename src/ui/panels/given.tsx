import { useSignal } from "@preact/signals";
import { useShow } from "../show.ts";

interface Link {
	readonly id: string;
	readonly session: string;
	/** For whom it is; of the one in the session's own addresses empty. */
	readonly name: string;
}

/** The links by which somebody may watch, each with a button that takes it back. `changed`: one was. */
export function Given({ session, changed }: { session: string; changed: () => void }) {
	const show = useShow();
	const links = useSignal<readonly Link[]>([]);
	const read = async () => {
		const { links: all } = await show.rest.get<{ links: readonly Link[] }>("/links");
		links.value = all.filter((link) => link.session === session);
	};
	const withdraw = async (id: string) => {
		await show.rest.remove(`/links/${encodeURIComponent(id)}`);
		await read();
		changed();
	};
	return (
		<details onToggle={({ currentTarget }) => currentTarget.open && show.attempt(read())}>
			<summary>Links that were given</summary>
			<ul class="links">
				{links.value.map(({ id, name }) => (
					<li key={id}>
						<span>{name || "The addresses above"}</span>
						<button
							type="button"
							class="quiet"
							aria-label={`Withdraw: ${name || "the addresses above"}`}
							onClick={() =>
								show.attempt(withdraw(id), () => show.tell("Withdrawn. Nobody comes in by that link any more."))
							}
						>
							Withdraw
						</button>
					</li>
				))}
			</ul>
		</details>
	);
}
