import { ALPHA, AT, MAGIC, NONE, PAGE, type Party, SLOT, type SlotHead, STATE, slotBytes, VERSION } from "./layout.ts";

/**
 * A ring's words and pixels. Everything read once from the header is checked against the memory's true size, so that no
 * header, however broken, leads outside.
 */
export class RingMemory {
	readonly slots: number;
	readonly maxBytes: number;
	readonly #slotsOffset: number;
	readonly #slotBytes: number;
	readonly #pixelsOffset: number;
	readonly #view: DataView;
	readonly #words: Int32Array;
	readonly #bytes: Uint8Array;
	readonly #fence = new Int32Array(1);

	/** Writes the header of a new ring; it is not open yet. */
	static format(buffer: ArrayBuffer, slots: number, maxBytes: number, owner: Party): RingMemory {
		const view = new DataView(buffer);
		view.setBigUint64(AT.magic, MAGIC, true);
		view.setUint32(AT.ownerPid, owner.pid, true);
		view.setFloat64(AT.ownerStart, owner.start, true);
		view.setUint32(AT.version, VERSION, true);
		view.setUint32(AT.slots, slots, true);
		view.setUint32(AT.slotsOffset, PAGE, true);
		view.setUint32(AT.pixelsOffset, SLOT.pixels, true);
		view.setBigUint64(AT.slotBytes, BigInt(slotBytes(maxBytes)), true);
		view.setBigUint64(AT.maxBytes, BigInt(maxBytes), true);
		view.setUint32(AT.latest, NONE, true);
		return new RingMemory(buffer);
	}

	/** Who is making a ring of this memory, if it is not done yet; process 0 if nobody has begun. */
	static maker(buffer: ArrayBuffer): Party | undefined {
		const begun = new Uint8Array(buffer, 0, Math.min(buffer.byteLength, AT.wake)).some((byte) => byte !== 0);
		if (!begun) return { pid: 0, start: 0 };
		if (buffer.byteLength < PAGE) return undefined;
		const view = new DataView(buffer);
		if (view.getBigUint64(AT.magic, true) !== MAGIC || view.getUint32(AT.state, true) !== STATE.creating)
			return undefined;
		return ownerIn(view);
	}

	/** Throws a `RangeError` that says what is wrong, if this is no ring. */
	constructor(buffer: ArrayBuffer) {
		require(buffer.byteLength >= PAGE, `${buffer.byteLength} bytes are less than a header`);
		const view = new DataView(buffer);
		require(view.getBigUint64(AT.magic, true) === MAGIC, "it does not begin with MUTORING");
		const version = view.getUint32(AT.version, true);
		require(version === VERSION, `its version is ${version}, ours is ${VERSION}`);
		this.slots = view.getUint32(AT.slots, true);
		this.maxBytes = Number(view.getBigUint64(AT.maxBytes, true));
		this.#slotsOffset = view.getUint32(AT.slotsOffset, true);
		this.#pixelsOffset = view.getUint32(AT.pixelsOffset, true);
		this.#slotBytes = Number(view.getBigUint64(AT.slotBytes, true));
		require(this.slots >= 2 && this.slots <= 64, `it has ${this.slots} slots`);
		require(this.#slotsOffset >= AT.writer + 8 &&
			this.#slotsOffset % 8 === 0, `its slots begin at ${this.#slotsOffset}`);
		require(this.#pixelsOffset > SLOT.pid && this.#pixelsOffset % 4 === 0, `its pixels begin at ${this.#pixelsOffset}`);
		require(this.#slotBytes % 8 === 0, `its slots have ${this.#slotBytes} bytes`);
		require(this.maxBytes >= 4 && this.#pixelsOffset + this.maxBytes <= this.#slotBytes, "its frames exceed its slots");
		const end = this.#slotsOffset + this.slots * this.#slotBytes;
		require(end <= buffer.byteLength, `it ends at ${end}, its memory at ${buffer.byteLength}`);
		this.#view = view;
		this.#words = new Int32Array(buffer, 0, Math.floor(buffer.byteLength / 4));
		this.#bytes = new Uint8Array(buffer);
	}

	/** Who made it. */
	get owner(): Party {
		return ownerIn(this.#view);
	}

	/** Who writes it now: a number that changes with every writer. */
	get writer(): number {
		return this.#load(AT.writer);
	}

	/** The process that writes it; 0 for none. */
	get writerPid(): number {
		return this.#load(AT.writerPid);
	}

	/** Becomes the one who writes. Returns what `writer` says from now on, until the next one comes. */
	claim(pid: number): number {
		this.#store(AT.writerPid, pid);
		this.#store(AT.poll, 0);
		return (Atomics.add(this.#words, AT.writer / 4, 1) + 1) >>> 0;
	}

	/** Leaves, if still the one who writes. */
	leave(writer: number): void {
		if (this.writer === writer) this.#store(AT.writerPid, 0);
	}

	get state(): number {
		return this.#load(AT.state);
	}

	set state(state: number) {
		this.#store(AT.state, state);
	}

	/** Changes with every frame. */
	get wake(): number {
		return this.#load(AT.wake);
	}

	/** How often readers look, in milliseconds, if the writer cannot wake them; 0 if it does. */
	get poll(): number {
		return this.#load(AT.poll);
	}

	/** Counts one further event, so that nobody begins to wait for it. */
	signal(): void {
		Atomics.add(this.#words, AT.wake / 4, 1);
	}

	/** The slot of the newest frame. `undefined` if there is none. */
	get latest(): number | undefined {
		const slot = this.#load(AT.latest);
		return slot < this.slots ? slot : undefined;
	}

	set latest(slot: number) {
		this.#store(AT.latest, slot);
	}

	/** A slot's lock: odd while somebody writes it. */
	lock(slot: number): number {
		return this.#load(this.#at(slot) + SLOT.lock);
	}

	/** The lock once more, after everything read before. */
	lockAfter(slot: number): number {
		this.#order();
		return this.lock(slot);
	}

	/** Takes the slot to write it. `false` if its lock is not `lock` any more. */
	seize(slot: number, lock: number, pid: number): boolean {
		const at = (this.#at(slot) + SLOT.lock) / 4;
		const odd = (lock & 1 ? lock + 2 : lock + 1) | 0;
		if (Atomics.compareExchange(this.#words, at, lock | 0, odd) !== (lock | 0)) return false;
		this.#store(this.#at(slot) + SLOT.pid, pid);
		this.#order();
		return true;
	}

	/** Lets readers at a slot that was written. */
	release(slot: number): void {
		Atomics.add(this.#words, (this.#at(slot) + SLOT.lock) / 4, 1);
	}

	/** The process that wrote a slot last. */
	holder(slot: number): number {
		return this.#load(this.#at(slot) + SLOT.pid);
	}

	/** The index of a slot's frame. It may be torn, and says nothing true then. */
	sequence(slot: number): number {
		return this.#count(this.#at(slot) + SLOT.sequence);
	}

	/** What a slot says. It may be torn, and says nothing true then. */
	head(slot: number): SlotHead {
		const at = this.#at(slot);
		const time = (offset: number) => this.#view.getFloat64(at + offset, true);
		return {
			sequence: this.sequence(slot),
			chunk: this.#count(at + SLOT.chunk),
			revision: this.#count(at + SLOT.revision),
			captured: time(SLOT.captured),
			made: time(SLOT.made),
			shown: time(SLOT.shown),
			size: { width: this.#load(at + SLOT.width), height: this.#load(at + SLOT.height) },
			alpha: (this.#load(at + SLOT.flags) & ALPHA) !== 0,
		};
	}

	/** Writes what a slot says. */
	describe(slot: number, head: SlotHead): void {
		const at = this.#at(slot);
		this.#setCount(at + SLOT.sequence, head.sequence);
		this.#setCount(at + SLOT.chunk, head.chunk);
		this.#setCount(at + SLOT.revision, head.revision);
		for (const name of ["captured", "made", "shown"] as const) this.#view.setFloat64(at + SLOT[name], head[name], true);
		this.#store(at + SLOT.width, head.size.width);
		this.#store(at + SLOT.height, head.size.height);
		this.#store(at + SLOT.flags, head.alpha ? ALPHA : 0);
	}

	/** The first `bytes` of a slot's pixels. Not to be kept. */
	pixels(slot: number, bytes: number): Uint8Array {
		const at = this.pixelsAt(slot);
		return this.#bytes.subarray(at, at + bytes);
	}

	/** Where a slot's pixels begin. */
	pixelsAt(slot: number): number {
		return this.#at(slot) + this.#pixelsOffset;
	}

	#at(slot: number): number {
		return this.#slotsOffset + slot * this.#slotBytes;
	}

	#load(offset: number): number {
		return Atomics.load(this.#words, offset / 4) >>> 0;
	}

	#store(offset: number, value: number): void {
		Atomics.store(this.#words, offset / 4, value | 0);
	}

	#count(offset: number): number {
		return this.#view.getUint32(offset, true) + this.#view.getUint32(offset + 4, true) * 2 ** 32;
	}

	#setCount(offset: number, value: number): void {
		this.#view.setUint32(offset, value % 2 ** 32, true);
		this.#view.setUint32(offset + 4, Math.floor(value / 2 ** 32), true);
	}

	/** A fence: on ARM a store-release followed by a load-acquire lets nothing pass in either direction. */
	#order(): void {
		Atomics.store(this.#fence, 0, 0);
		Atomics.load(this.#fence, 0);
	}
}

function ownerIn(view: DataView): Party {
	return { pid: view.getUint32(AT.ownerPid, true), start: view.getFloat64(AT.ownerStart, true) };
}

function require(truth: boolean, otherwise: string): void {
	if (!truth) throw new RangeError(otherwise);
}
