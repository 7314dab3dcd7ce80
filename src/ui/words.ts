/** A number of bytes, to be read. */
export function bytes(count: number): string {
	const units = ["B", "kB", "MB", "GB", "TB"];
	const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, count)) / 3));
	const number = count / 1000 ** power;
	return `${power === 0 || number >= 100 ? number.toFixed(0) : number.toFixed(1)} ${units[power]}`;
}

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
