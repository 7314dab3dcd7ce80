/**
 * Writes protocol buffers: fields of varints, 32-bit floats, bytes and nested messages, as far as ONNX needs them.
 *
 * Protocol Buffers, "Encoding", protobuf.dev/programming-guides/encoding.
 */
export class ProtoWriter {
	#bytes = new Uint8Array(1 << 16);
	#view = new DataView(this.#bytes.buffer);
	#length = 0;

	/** Field of an integer; negative ones take ten bytes. */
	int(field: number, value: number | bigint): this {
		this.#varint(field << 3);
		if (typeof value === "bigint" || value < 0) this.#wide(BigInt.asUintN(64, BigInt(value)));
		else this.#varint(value);
		return this;
	}

	/** Field of a 32-bit float. */
	float(field: number, value: number): this {
		this.#varint((field << 3) | 5);
		this.#reserve(4);
		this.#view.setFloat32(this.#length, value, true);
		this.#length += 4;
		return this;
	}

	/** Field of bytes, or of text as UTF-8. */
	bytes(field: number, value: Uint8Array | string): this {
		const bytes = typeof value === "string" ? Buffer.from(value) : value;
		this.#varint((field << 3) | 2);
		this.#varint(bytes.byteLength);
		this.#reserve(bytes.byteLength);
		this.#bytes.set(bytes, this.#length);
		this.#length += bytes.byteLength;
		return this;
	}

	/** Field of a message, whose fields `fill` writes into this writer. */
	message(field: number, fill: () => void): this {
		this.#varint((field << 3) | 2);
		const start = this.#length;
		fill();
		const size = this.#length - start;
		let room = 1;
		for (let rest = size; rest > 127; rest = Math.floor(rest / 128)) room++;
		this.#reserve(room);
		this.#bytes.copyWithin(start + room, start, this.#length);
		this.#length = start;
		this.#varint(size);
		this.#length += size;
		return this;
	}

	/** A copy of all that was written. */
	finish(): Uint8Array<ArrayBuffer> {
		return this.#bytes.slice(0, this.#length);
	}

	#varint(value: number): void {
		this.#reserve(10);
		let rest = value;
		while (rest > 127) {
			this.#bytes[this.#length++] = (rest % 128) | 128;
			rest = Math.floor(rest / 128);
		}
		this.#bytes[this.#length++] = rest;
	}

	#wide(value: bigint): void {
		this.#reserve(10);
		let rest = value;
		while (rest > 127n) {
			this.#bytes[this.#length++] = Number(rest & 127n) | 128;
			rest >>= 7n;
		}
		this.#bytes[this.#length++] = Number(rest);
	}

	#reserve(more: number): void {
		if (this.#length + more <= this.#bytes.length) return;
		const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more));
		grown.set(this.#bytes);
		this.#bytes = grown;
		this.#view = new DataView(grown.buffer);
	}
}
