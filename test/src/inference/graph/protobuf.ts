/** A field of a message: its number, and what it holds. */
export interface Field {
	readonly number: number;
	/** Of a varint. */
	readonly value: number;
	/** Of text, bytes and messages. */
	readonly bytes: Uint8Array;
}

/** The fields of a message, in order. */
export function fields(message: Uint8Array): Field[] {
	let at = 0;
	const varint = (): number => {
		let value = 0;
		for (let factor = 1; ; factor *= 128) {
			const byte = message[at++] as number;
			value += (byte & 127) * factor;
			if (byte < 128) return value;
		}
	};
	const found: Field[] = [];
	while (at < message.length) {
		const tag = varint();
		const number = Math.floor(tag / 8);
		const wire = tag % 8;
		if (wire === 0) found.push({ number, value: varint(), bytes: new Uint8Array() });
		else {
			const length = wire === 5 ? 4 : varint();
			found.push({ number, value: 0, bytes: message.subarray(at, at + length) });
			at += length;
		}
	}
	return found;
}
