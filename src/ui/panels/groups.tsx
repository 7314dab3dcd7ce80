import { signal, useComputed } from "@preact/signals";
import { useId } from "preact/hooks";
import { nowIn } from "../applies.ts";
import { Control } from "../controls/piece.tsx";
import { slim } from "../layout.ts";
import { type Group, planOf } from "../plan.ts";
import { useShow } from "../show.ts";

/** Where this browser remembers which groups are folded. */
const KEPT = "mutoscope.folded";

/** Names of the groups that are folded. */
const folded = signal<ReadonlySet<string>>(remembered());

function remembered(): ReadonlySet<string> {
	try {
		return new Set(JSON.parse(localStorage.getItem(KEPT) ?? "[]") as string[]);
	} catch {
		return new Set(); // a browser that keeps nothing for us, or kept something else
	}
}

function fold(title: string): void {
	const next = new Set(folded.peek());
	if (!next.delete(title)) next.add(title);
	folded.value = next;
	try {
		localStorage.setItem(KEPT, JSON.stringify([...next]));
	} catch {} // then it is for this visit only
}

/** Every parameter below an address, drawn from its schema alone. `title`: of those that belong to no group. */
export function Groups({ at, own = [], title = "" }: { at: string; own?: readonly string[]; title?: string }) {
	const show = useShow();
	const groups = useComputed(() => planOf(show.tree.value, at, own, nowIn(show)));
	return (
		<>
			{groups.value.map((group) => (
				<GroupOf key={group.title} group={{ ...group, title: group.title || title }} />
			))}
		</>
	);
}

function GroupOf({ group: { title, rows, faders } }: { group: Group }) {
	const show = useShow();
	const id = useId();
	const isOpen = !folded.value.has(title) || title === "";
	const isAlone = faders === 1 && rows.some(({ shape, pieces }) => shape === "bank" && pieces[0]?.draw === "fader");
	const lying = slim.value || isAlone;
	const hold = (info: Parameters<typeof show.knob>[0]) => show.knob(info);
	return (
		<section
			class="group"
			aria-labelledby={title ? id : undefined}
			data-wide={rows.some(({ shape }) => shape === "lists")}
			style={`--faders:${isAlone ? 0 : faders}`}
		>
			{title && (
				<h3>
					<button type="button" class="quiet" id={id} aria-expanded={isOpen} onClick={() => fold(title)}>
						<span>{title}</span>
						<svg viewBox="0 0 12 8" aria-hidden="true">
							<path d="M1 1.5 6 6.5 11 1.5" />
						</svg>
					</button>
				</h3>
			)}
			{isOpen &&
				rows.map(({ shape, pieces }) => (
					<div class={`row ${shape}`} data-lying={lying} key={shape}>
						{pieces.map((piece) => (
							<Control key={piece.info.address} piece={piece} hold={hold} lying={lying} />
						))}
					</div>
				))}
		</section>
	);
}
