import koffi from "koffi";
import type { Address } from "./functions.ts";

/** A structure of C in native memory, which no collector moves or frees. Lives until it is disposed of. */
export class Native implements Disposable {
	readonly address: Address;
	/** Fields by their offsets, in the machine's order, which is little-endian wherever NDI runs. */
	readonly view: DataView;
	#freed = false;

	/** So many zeroed bytes. */
	constructor(bytes: number) {
		this.address = koffi.alloc("uint8_t", bytes);
		this.view = new DataView(koffi.view(this.address, bytes));
		new Uint8Array(this.view.buffer).fill(0);
	}

	/** A pointer among the fields. */
	pointer(offset: number): Address {
		return this.view.getBigUint64(offset, true);
	}

	/** Makes a field point somewhere. What is there has to be kept by somebody else. */
	point(offset: number, to: Address): void {
		this.view.setBigUint64(offset, to, true);
	}

	/** A whole number of 32 bits among the fields. */
	word(offset: number): number {
		return this.view.getInt32(offset, true);
	}

	/** Sets a whole number of 32 bits. */
	write(offset: number, word: number): void {
		this.view.setInt32(offset, word, true);
	}

	[Symbol.dispose](): void {
		if (this.#freed) return;
		this.#freed = true;
		koffi.free(this.address);
	}
}

/** A text as C has it: UTF-8 with a zero at its end. */
export function nativeText(text: string): Native {
	const bytes = new TextEncoder().encode(text.replaceAll("\0", " "));
	const native = new Native(bytes.length + 1);
	new Uint8Array(native.view.buffer).set(bytes);
	return native;
}

/** The text at an address; `undefined` if it is longer than `most` bytes. Reads no further than its end. */
export function textAt(address: Address, most: number): string | undefined {
	if (address === 0n) return "";
	const bytes = new Uint8Array(koffi.view(address, most + 1));
	const end = bytes.indexOf(0);
	return end < 0 ? undefined : new TextDecoder().decode(bytes.slice(0, end));
}

/** Where the pixels of a frame lie. Good only as long as somebody holds them. */
export function addressOf(pixels: Uint8Array): Address {
	return koffi.address(pixels);
}

/** Bytes in native memory, as long as whoever owns them leaves them there. */
export function bytesAt(address: Address, length: number): Uint8Array {
	return new Uint8Array(koffi.view(address, length));
}

/** A pointer in native memory that is somebody else's. */
export function pointerAt(address: Address, offset: number): Address {
	return new DataView(koffi.view(address, offset + 8)).getBigUint64(offset, true);
}
