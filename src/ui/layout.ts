import { type ReadonlySignal, signal } from "@preact/signals";

/** Whether a media query holds, as a signal. */
function media(query: string): ReadonlySignal<boolean> {
	const list = matchMedia(query);
	const holds = signal(list.matches);
	list.addEventListener("change", ({ matches }) => {
		holds.value = matches;
	});
	return holds;
}

/** A phone: one panel at a time, faders lie. */
export const narrow = media("(max-width: 759.9px)");

/** Room for every panel at once. */
export const roomy = media("(min-width: 1800px)");
