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

/** Views of native memory that are kept for the next time. */
const KEPT = 32;

/**
 * Views of native memory by where it lies. The runtime uses a few places again and again; V8 would count a new view of each
 * picture as so much new memory, and collect garbage many times a second.
 */
export class Views {
	readonly #views = new Map<string, Uint8Array>();

	/** Bytes in native memory, good as long as whoever owns them leaves them there. */
	at(address: Address, length: number): Uint8Array {
		const key = `${address} ${length}`;
		const known = this.#views.get(key);
		if (known) return known;
		if (this.#views.size >= KEPT) this.#views.clear();
		const view = new Uint8Array(koffi.view(address, length));
		this.#views.set(key, view);
		return view;
	}
}

/** A pointer in native memory that is somebody else's. */
export function pointerAt(address: Address, offset: number): Address {
	return new DataView(koffi.view(address, offset + 8)).getBigUint64(offset, true);
}
