import type { Knob } from "../knob.ts";
import { hasRange, nudged } from "./scale.ts";

/** Hundredths of the range by key. */
const KEYS: Readonly<Record<string, number>> = {
	ArrowUp: 1,
	ArrowRight: 1,
	ArrowDown: -1,
	ArrowLeft: -1,
	PageUp: 10,
	PageDown: -10,
};

/** Turns a number by a key. Says whether the key meant something. */
export function turnByKey(
	{ info, value, set }: Knob,
	{ key, shiftKey, ctrlKey, metaKey, altKey }: KeyboardEvent,
): boolean {
	if (ctrlKey || metaKey || altKey || info.readOnly) return false;
	const by = KEYS[key];
	if (by !== undefined) set(nudged(info, Number(value.peek()), by, shiftKey));
	else if (key === "Home" && hasRange(info)) set(info.min as number);
	else if (key === "End" && hasRange(info)) set(info.max as number);
	else if (key === "Delete" || key === "Backspace") set(info.default);
	else return false;
	return true;
}

/** Turns a number by the wheel, if the control has the focus: scrolling past it moves nothing. */
export function turnByWheel({ info, value, set }: Knob, event: WheelEvent): void {
	if (document.activeElement !== event.currentTarget || event.deltaY === 0 || info.readOnly) return;
	event.preventDefault();
	set(nudged(info, Number(value.peek()), event.deltaY < 0 ? 1 : -1, event.shiftKey));
}

/** Whether a key begins to type a number. */
export function beginsEntry({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
	return !ctrlKey && !metaKey && !altKey && (key === "Enter" || /^[\d.,-]$/.test(key));
}
