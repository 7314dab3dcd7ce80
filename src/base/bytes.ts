/** A number of bytes, to be read: `28.0 GB`. */
export function bytes(count: number): string {
	const units = ["B", "kB", "MB", "GB", "TB"];
	const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, count)) / 3));
	const number = count / 1000 ** power;
	return `${power === 0 || number >= 100 ? number.toFixed(0) : number.toFixed(1)} ${units[power]}`;
}
