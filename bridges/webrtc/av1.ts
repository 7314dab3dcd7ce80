/** OBU types (AV1 bitstream §6.2.2) that matter here. */
const SEQUENCE_HEADER = 1;
const TEMPORAL_DELIMITER = 2;
const TILE_LIST = 8;
const PADDING = 15;

/** Bits of the aggregation header (RTP payload format for AV1 v1.0 §4.4). */
const CONTINUES = 0x80;
const GOES_ON = 0x40;
const NEW_SEQUENCE = 0x08;

/** Elements in a packet at most: so many are counted in its header, and the last needs no length. */
const ELEMENTS = 3;
/** Bytes that a length takes. */
const LENGTH = 2;
/** Less of a unit than this is not worth beginning in what is left of a packet. */
const WORTHWHILE = 16;

/** Splits a temporal unit into payloads of at most `most` bytes, without delimiters, padding, and sizes of units. */
export function packetiseAv1(unit: Uint8Array, most: number): Buffer[] {
	const obus = splitObus(unit).filter((obu) => ![TEMPORAL_DELIMITER, TILE_LIST, PADDING].includes(typeOf(obu)));
	const packets: Buffer[] = [];
	let elements: Uint8Array[] = [];
	let room = most - 1;
	let continues = false;
	const finish = (goesOn: boolean) => {
		if (elements.length === 0) return;
		const isNew = packets.length === 0 && obus.some((obu) => typeOf(obu) === SEQUENCE_HEADER);
		packets.push(writePacket(elements, continues, goesOn, isNew));
		[elements, room, continues] = [[], most - 1, goesOn];
	};
	for (const obu of obus) {
		for (let rest = obu; rest.length > 0; ) {
			if (elements.length === ELEMENTS || room < LENGTH + WORTHWHILE) finish(false);
			const part = rest.subarray(0, room - LENGTH);
			elements.push(part);
			room -= part.length + LENGTH;
			rest = rest.subarray(part.length);
			if (rest.length > 0) finish(true);
		}
	}
	finish(false);
	return packets;
}

function writePacket(elements: Uint8Array[], continues: boolean, goesOn: boolean, isNew: boolean): Buffer {
	const head =
		(continues ? CONTINUES : 0) | (goesOn ? GOES_ON : 0) | (elements.length << 4) | (isNew ? NEW_SEQUENCE : 0);
	const last = elements.length - 1;
	return Buffer.concat([
		Buffer.of(head),
		...elements.flatMap((element, i) => (i < last ? [writeLeb128(element.length), element] : [element])),
	]);
}

/** Joins the payloads of one temporal unit into a stream of units with their sizes; `undefined` if they make none. */
export function joinAv1(payloads: readonly Buffer[]): { data: Buffer[]; key: boolean } | undefined {
	const obus: Buffer[] = [];
	let isOpen = false;
	for (const payload of payloads) {
		const head = payload[0] ?? 0;
		const elements = readElements(payload, (head >> 4) & 3);
		if (!elements || Boolean(head & CONTINUES) !== isOpen) return undefined; // part of it was lost
		for (const [i, element] of elements.entries()) {
			if (i === 0 && isOpen) obus.push(Buffer.concat([obus.pop() ?? Buffer.of(), element]));
			else obus.push(element);
		}
		isOpen = Boolean(head & GOES_ON);
	}
	if (isOpen || obus.length === 0 || obus.some(({ length }) => length === 0)) return undefined;
	return { data: obus.map(withSize), key: obus.some((obu) => typeOf(obu) === SEQUENCE_HEADER) };
}

/** The elements of a packet; of a `count` of 0 each has its length. */
function readElements(payload: Buffer, count: number): Buffer[] | undefined {
	const elements: Buffer[] = [];
	for (let at = 1; at < payload.length; ) {
		const isLast = elements.length + 1 === count;
		const length = isLast ? { value: payload.length - at, bytes: 0 } : readLeb128(payload, at);
		if (!length || at + length.bytes + length.value > payload.length) return undefined;
		at += length.bytes;
		elements.push(payload.subarray(at, at + length.value));
		at += length.value;
	}
	return elements.length > 0 && (count === 0 || elements.length === count) ? elements : undefined;
}

/** The units of a low-overhead stream (AV1 bitstream §5.2), without their sizes. */
function splitObus(stream: Uint8Array): Uint8Array[] {
	const obus: Uint8Array[] = [];
	for (let at = 0; at < stream.length; ) {
		const head = headLength(stream, at);
		const size = hasSize(stream, at) ? readLeb128(stream, at + head) : { value: stream.length - at - head, bytes: 0 };
		if (!size) break;
		const body = at + head + size.bytes;
		const obu = Buffer.concat([stream.subarray(at, at + head), stream.subarray(body, body + size.value)]);
		obu.writeUInt8(obu.readUInt8(0) & ~2, 0);
		obus.push(obu);
		at = body + size.value;
	}
	return obus;
}

function withSize(obu: Buffer): Buffer {
	if (hasSize(obu, 0)) return obu;
	const head = headLength(obu, 0);
	const body = obu.subarray(head);
	return Buffer.concat([Buffer.of((obu[0] ?? 0) | 2), obu.subarray(1, head), writeLeb128(body.length), body]);
}

function typeOf(obu: Uint8Array): number {
	return ((obu[0] ?? 0) >> 3) & 15;
}

function hasSize(obu: Uint8Array, at: number): boolean {
	return ((obu[at] ?? 0) & 2) !== 0;
}

/** One byte, and another where there is an extension. */
function headLength(obu: Uint8Array, at: number): number {
	return (obu[at] ?? 0) & 4 ? 2 : 1;
}

/** Seven bits a byte, the lowest first (AV1 bitstream §4.10.5). */
function readLeb128(bytes: Uint8Array, at: number): { value: number; bytes: number } | undefined {
	let value = 0;
	for (let i = 0; i < 8; i++) {
		const byte = bytes[at + i];
		if (byte === undefined) return undefined;
		value += (byte & 127) * 2 ** (7 * i);
		if (byte < 128) return { value, bytes: i + 1 };
	}
	return undefined;
}

function writeLeb128(value: number): Buffer {
	const bytes: number[] = [];
	for (let left = value; ; left = Math.floor(left / 128)) {
		bytes.push((left % 128) | (left >= 128 ? 128 : 0));
		if (left < 128) return Buffer.from(bytes);
	}
}
