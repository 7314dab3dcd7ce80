/** What Windows-1252 has at 0x80 to 0x9F; five places are empty and stand for themselves. */
const WINDOWS_1252 = new TextDecoder("windows-1252").decode(Uint8Array.from({ length: 32 }, (_, i) => 0x80 + i));
const byteOf = new Map([...WINDOWS_1252].map((character, i) => [character, 0x80 + i]));

const C1 = /[\u0080-\u009f]/gu;
/** Bytes that UTF-8 text decoded wrongly would come from: runs of characters from the upper half of Windows-1252. */
const SUSPECT = new RegExp(`[\\u0080-\\u00ff${WINDOWS_1252}]{2,}`, "gu");

/**
 * Text whose UTF-8 was once read as Latin-1 or Windows-1252, read again as UTF-8: `cafÃ©` → `café`. Several times if
 * that happened several times. Text that is right is left alone: accented letters hardly ever form valid UTF-8.
 */
export function repairEncoding(text: string): string {
	let so = text;
	for (;;) {
		const next = whole(so) ?? so.replace(SUSPECT, (run) => whole(run) ?? run);
		if (next === so) break;
		so = next;
	}
	return so.replace(C1, (character) => WINDOWS_1252[character.charCodeAt(0) - 0x80] ?? character);
}

/** The text's bytes read as UTF-8, if every character is a byte and the bytes are UTF-8. */
function whole(text: string): string | undefined {
	const bytes = new Uint8Array(text.length);
	let beyondAscii = false;
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		const byte = byteOf.get(text.charAt(i)) ?? code;
		if (byte > 0xff) return undefined;
		bytes[i] = byte;
		beyondAscii ||= byte > 0x7f;
	}
	if (!beyondAscii) return undefined;
	try {
		return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
	} catch {
		return undefined;
	}
}
