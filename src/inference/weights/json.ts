/** The keys of the outermost object of a valid JSON text, in order, repeated ones too: `JSON.parse` keeps only the last. */
export function topLevelKeys(text: string): string[] {
	const keys: string[] = [];
	let depth = 0;
	let expectsKey = false;
	for (let at = 0; at < text.length; at++) {
		const char = text[at];
		if (char === '"') {
			const from = at;
			for (at++; text[at] !== '"'; at++) if (text[at] === "\\") at++;
			if (depth === 1 && expectsKey) keys.push(JSON.parse(text.slice(from, at + 1)) as string);
			expectsKey = false;
		} else if (char === "{" || char === "[") {
			depth++;
			expectsKey = depth === 1 && char === "{";
		} else if (char === "}" || char === "]") depth--;
		else if (char === "," && depth === 1) expectsKey = true;
	}
	return keys;
}

/** The first of these names that has occurred before. */
export function firstTwice(names: Iterable<string>): string | undefined {
	const seen = new Set<string>();
	for (const name of names) {
		if (seen.has(name)) return name;
		seen.add(name);
	}
	return undefined;
}

/** More parts than any index of weights has: a model of 50,000 tensors has a tenth of these. */
const MOST_PARTS = 5_000_000;
const PARTS = new Set([...Buffer.from(",[{")]);

/** Whether a JSON text has so many parts that the values it stands for could fill the memory. */
export function isTooRich(text: Uint8Array): boolean {
	let parts = 0;
	for (const byte of text) if (PARTS.has(byte) && ++parts > MOST_PARTS) return true;
	return false;
}
