/** A moment of today as a time, of another day as a date. Unix time in milliseconds. */
export function clock(ms: number): string {
	const at = new Date(ms);
	const isToday = at.toDateString() === new Date().toDateString();
	return isToday ? at.toLocaleTimeString() : at.toLocaleDateString();
}

/** Seconds as hours, minutes and seconds. */
export function duration(seconds: number): string {
	const two = (number: number) => String(Math.floor(number)).padStart(2, "0");
	return `${Math.floor(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** Seconds as milliseconds. */
export function ms(seconds: number | undefined): string {
	if (seconds === undefined) return "–";
	return seconds < 0.01 ? (seconds * 1000).toFixed(1) : (seconds * 1000).toFixed(0);
}
