/** Bytes of a source's full name, `MACHINE (name)`, that the runtime takes; with a longer one it makes no sender. */
const MOST = 249;

/**
 * A name as the network can carry it: without what XML and the runtime keep for themselves, and no longer than it fits beside
 * the machine's, cut between characters.
 */
export function networkName(wanted: string, machine: string): string {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is meant
	const plain = wanted.replaceAll(/[\u0000-\u001f\u007f\\/"<>&]+/g, " ").trim() || "Mutoscope";
	const room = MOST - Buffer.byteLength(machine) - " ()".length;
	let name = "";
	for (const { segment } of new Intl.Segmenter().segment(plain)) {
		if (Buffer.byteLength(name + segment) > room) break;
		name += segment;
	}
	return name;
}

/** Whether a source that the network calls `full` is the one that is wanted: by its full name, or by its own on any machine. */
export function isWanted(full: string, wanted: string): boolean {
	return full === wanted || (wanted !== "" && full.endsWith(` (${wanted})`));
}
