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

/** One panel at a time below the picture: a phone or tablet that stands. One that lies has no height for that. */
export const stacked = media("(max-width: 999.9px) and (min-height: 500px), (max-width: 599.9px)");

/** Faders lie, so that the page can be scrolled past them. */
export const slim = media("(max-width: 599.9px)");

/** Room for every panel at once. */
export const roomy = media("(min-width: 1800px)");
