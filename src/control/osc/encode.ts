import type { OscPacket, OscValue } from "./packet.ts";

/** The bytes of a packet. Throws `TypeError` where types and arguments do not belong together. */
export function encode(packet: OscPacket): Uint8Array {
	const writer = new Writer();
	writer.packet(packet);
	return writer.bytes();
}

class Writer {
	#buffer = Buffer.allocUnsafe(256);
	#at = 0;

	bytes(): Uint8Array {
		return this.#buffer.subarray(0, this.#at);
	}

	packet(packet: OscPacket): void {
		if (packet.kind === "message") {
			this.#text(packet.address);
			this.#text(`,${packet.types}`);
			const used = this.#list(packet.types, 0, packet.args);
			if (used !== packet.types.length) throw new TypeError(`There are more types than arguments: ${packet.types}.`);
			return;
		}
		this.#text("#bundle");
		this.#room(8);
		this.#at = this.#buffer.writeBigUInt64BE(packet.time, this.#at);
		for (const element of packet.elements) {
			this.#room(4);
			this.#at += 4;
			const from = this.#at;
			this.packet(element);
			this.#buffer.writeInt32BE(this.#at - from, from - 4);
		}
	}

	/** Writes `args` by the types from `at` on. Returns the type after them. */
	#list(types: string, at: number, args: readonly OscValue[]): number {
		for (const arg of args) {
			const type = types[at];
			if (type === "[" && Array.isArray(arg)) {
				at = this.#list(types, at + 1, arg);
				if (types[at] !== "]") throw new TypeError(`The types ${types} do not end a list.`);
			} else if (!this.#value(type, arg)) {
				throw new TypeError(`${String(arg)} is no argument of the type ${type}.`);
			}
			at++;
		}
		return at;
	}

	/** Returns whether the value has the type. */
	#value(type: string | undefined, value: OscValue): boolean {
		this.#room(8);
		const buffer = this.#buffer;
		const at = this.#at;
		if (typeof value === "number") {
			if (type === "f") this.#at = buffer.writeFloatBE(value, at);
			else if (type === "i") this.#at = buffer.writeInt32BE(value, at);
			else if (type === "d") this.#at = buffer.writeDoubleBE(value, at);
			else if (type === "r") this.#at = buffer.writeUInt32BE(value, at);
			else return false;
		} else if (typeof value === "string") {
			if (type === "s" || type === "S") this.#text(value);
			else if (type === "c") this.#at = buffer.writeUInt32BE(value.codePointAt(0) ?? 0, at);
			else return false;
		} else if (typeof value === "bigint") {
			if (type === "h") this.#at = buffer.writeBigInt64BE(value, at);
			else if (type === "t") this.#at = buffer.writeBigUInt64BE(value, at);
			else return false;
		} else if (value instanceof Uint8Array) {
			if (type === "b") this.#at = buffer.writeInt32BE(value.length, at);
			else if (type !== "m" || value.length !== 4) return false;
			this.#room(value.length + 3);
			this.#buffer.set(value, this.#at);
			this.#at += value.length;
			this.#pad();
		} else if (value === true) {
			return type === "T" || type === "I";
		} else if (value === false) {
			return type === "F";
		} else {
			return value === null && type === "N";
		}
		return true;
	}

	/** A text with its end and padding. OSC cannot say NUL: it is left out. */
	#text(value: string): void {
		const plain = value.includes("\0") ? value.replaceAll("\0", "") : value;
		this.#room(plain.length * 3 + 4); // no unit of UTF-16 takes more than three bytes of UTF-8
		this.#at += this.#buffer.write(plain, this.#at);
		this.#buffer[this.#at++] = 0;
		this.#pad();
	}

	/** Up to the next multiple of four. There is room. */
	#pad(): void {
		while (this.#at % 4 !== 0) this.#buffer[this.#at++] = 0;
	}

	/** Makes room for so many bytes more. */
	#room(length: number): void {
		if (this.#at + length <= this.#buffer.length) return;
		const larger = Buffer.allocUnsafe(Math.max(this.#at + length, 2 * this.#buffer.length));
		this.#buffer.copy(larger, 0, 0, this.#at);
		this.#buffer = larger;
	}
}
