import type { OscPacket, OscValue } from "./packet.ts";

/** The bytes of a packet. Throws `TypeError` where types and arguments do not belong together. */
export function encode(packet: OscPacket): Uint8Array {
	const parts: Buffer[] = [];
	write(packet, parts);
	return Buffer.concat(parts);
}

function write(packet: OscPacket, parts: Buffer[]): void {
	if (packet.kind === "message") {
		parts.push(text(packet.address), text(`,${packet.types}`));
		const used = writeArgs(packet.types, 0, packet.args, parts);
		if (used !== packet.types.length) throw new TypeError(`The types ${packet.types} are not balanced.`);
		return;
	}
	parts.push(text("#bundle"), long(packet.time));
	for (const element of packet.elements) {
		const inner: Buffer[] = [];
		write(element, inner);
		parts.push(int(inner.reduce((sum, { length }) => sum + length, 0)), ...inner);
	}
}

/** Writes `args` by the types from `at` on. Returns the type after them. */
function writeArgs(types: string, at: number, args: readonly OscValue[], parts: Buffer[]): number {
	for (const arg of args) {
		const type = types[at];
		if (type === "[" && Array.isArray(arg)) {
			at = writeArgs(types, at + 1, arg, parts);
			if (types[at] !== "]") throw new TypeError(`The types ${types} do not end a list.`);
		} else {
			parts.push(argument(type, arg));
		}
		at++;
	}
	return at;
}

function argument(type: string | undefined, value: OscValue): Buffer {
	if (typeof value === "number") {
		if (type === "f") return numeric(4, (buffer) => buffer.writeFloatBE(value));
		if (type === "d") return numeric(8, (buffer) => buffer.writeDoubleBE(value));
		if (type === "i") return int(value);
		if (type === "r") return numeric(4, (buffer) => buffer.writeUInt32BE(value));
	} else if (typeof value === "string") {
		if (type === "s" || type === "S") return text(value);
		if (type === "c") return numeric(4, (buffer) => buffer.writeUInt32BE(value.codePointAt(0) ?? 0));
	} else if (typeof value === "bigint") {
		if (type === "h") return numeric(8, (buffer) => buffer.writeBigInt64BE(value));
		if (type === "t") return long(value);
	} else if (value instanceof Uint8Array) {
		if (type === "b") return Buffer.concat([int(value.length), value, Buffer.alloc(-value.length & 3)]);
		if (type === "m" && value.length === 4) return Buffer.from(value);
	} else if ((value === true && (type === "T" || type === "I")) || (value === false && type === "F")) {
		return EMPTY;
	} else if (value === null && type === "N") {
		return EMPTY;
	}
	throw new TypeError(`${String(value)} is no argument of the type ${type}.`);
}

/** A text with its end and padding. OSC cannot say NUL: it is left out. */
function text(value: string): Buffer {
	const plain = value.includes("\0") ? value.replaceAll("\0", "") : value;
	const length = Buffer.byteLength(plain);
	const buffer = Buffer.alloc((length + 4) & ~3);
	buffer.write(plain);
	return buffer;
}

function int(value: number): Buffer {
	return numeric(4, (buffer) => buffer.writeInt32BE(value));
}

function long(value: bigint): Buffer {
	return numeric(8, (buffer) => buffer.writeBigUInt64BE(value));
}

function numeric(length: number, fill: (buffer: Buffer) => void): Buffer {
	const buffer = Buffer.allocUnsafe(length);
	fill(buffer);
	return buffer;
}

const EMPTY = Buffer.alloc(0);
