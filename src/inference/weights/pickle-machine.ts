/**
 * The stack machine that a pickle is a program for, as far as it only makes plain data.
 *
 * @module
 */
import { PickledName, PickleError, type PickleHost } from "./pickle-host.ts";

const MARK = Symbol("mark");
/** More than any list of weights needs: a state of 50,000 tensors has half of these. */
const MOST_OBJECTS = 1_000_000;
const LONGEST_NUMBER = 64;

/** Reads its operands from bytes, and keeps values on a stack and in a memo. Throws `PickleError`. */
export class PickleMachine {
	/** Where it reads next, in bytes. */
	at: number;
	readonly #bytes: Buffer;
	readonly #host: PickleHost;
	#objects = 0;
	readonly #stack: unknown[] = [];
	readonly #memo = new Map<number, unknown>();

	/** Reads `bytes` from `at` on. */
	constructor(bytes: Buffer, host: PickleHost, at: number) {
		this.#bytes = bytes;
		this.#host = host;
		this.at = at;
	}

	/** The next bytes. */
	take(length: number): Buffer {
		const from = this.at;
		if (length > this.#bytes.length - from) throw new PickleError("it ends too early");
		this.at += length;
		return this.#bytes.subarray(from, this.at);
	}

	/** The next whole number, of so many bytes. */
	uint(length: 1 | 2 | 4): number {
		return this.take(length).readUIntLE(0, length);
	}

	/** The next length of eight bytes. */
	size(): number {
		return Number(this.take(8).readBigUInt64LE());
	}

	/** Text up to the end of the line. */
	line(): string {
		const end = this.#bytes.indexOf(0x0a, this.at);
		if (end < 0) throw new PickleError("it ends too early");
		const text = this.take(end - this.at).toString();
		this.at++;
		return text;
	}

	/** A whole number in digits; a truth where Python 2 wrote one so. */
	decimal(): number | boolean | bigint {
		const text = this.line().replace(/L$/, "");
		if (text === "00" || text === "01") return text === "01";
		if (text.length > LONGEST_NUMBER || !/^-?\d+$/.test(text)) throw new PickleError("it has a number that is none");
		return exact(BigInt(text));
	}

	/** A whole number of so many bytes, with a sign. */
	long(length: number): number | bigint {
		if (length > LONGEST_NUMBER) throw new PickleError("it has a number that is too long");
		if (length === 0) return 0;
		const bytes = Buffer.from(this.take(length)).reverse();
		return exact(BigInt.asIntN(length * 8, BigInt(`0x${bytes.toString("hex")}`)));
	}

	/** Puts a value on the stack. */
	push(value: unknown): void {
		this.#stack.push(value);
	}

	/** Puts a new list, dictionary or object on the stack. */
	pushNew(value: unknown): void {
		if (++this.#objects > MOST_OBJECTS) throw new PickleError("it has more objects than are read");
		this.#stack.push(value);
	}

	/** Remembers where a list begins. */
	mark(): void {
		this.#stack.push(MARK);
	}

	/** The value on top. */
	top(): unknown {
		if (this.#stack.length === 0) throw new PickleError("it takes more than it has put");
		return this.#stack.at(-1);
	}

	/** Takes the value on top. */
	pop(): unknown {
		const value = this.top();
		this.#stack.pop();
		return value;
	}

	/** Takes the text on top. */
	popText(): string {
		const value = this.pop();
		if (typeof value !== "string") throw new PickleError("it has a name that is no text");
		return value;
	}

	/** Takes all values since the last mark. */
	popMarked(): unknown[] {
		const mark = this.#stack.lastIndexOf(MARK);
		if (mark < 0) throw new PickleError("it takes more than it has put");
		const values = this.#stack.splice(mark);
		values.shift();
		return values;
	}

	/** Keeps the value on top under a number; the next free one unless given. */
	keep(index = this.#memo.size): void {
		if (this.#memo.size >= MOST_OBJECTS) throw new PickleError("it has more objects than are read");
		this.#memo.set(index, this.top());
	}

	/** Puts on the stack what was kept. */
	recall(index: number): void {
		if (!this.#memo.has(index)) throw new PickleError("it takes what it has not kept");
		this.#stack.push(this.#memo.get(index));
	}

	/** Appends to the list on top. */
	append(values: readonly unknown[]): void {
		const list = this.top();
		if (!Array.isArray(list)) throw new PickleError("it appends to what is no list");
		for (const value of values) list.push(value);
	}

	/** Sets keys of the dictionary on top: each key before its value. */
	set(pairs: readonly unknown[]): void {
		const map = this.top();
		if (!(map instanceof Map)) throw new PickleError("it sets keys of what is no dictionary");
		if (pairs.length % 2 !== 0) throw new PickleError("it has a key without a value");
		for (let i = 0; i < pairs.length; i += 2) map.set(pairs[i], pairs[i + 1]);
	}

	/** Asks the host for what a call of the name below gives for the arguments on top. */
	call(): void {
		const args = this.pop();
		const callee = this.pop();
		if (!(callee instanceof PickledName) || !Array.isArray(args)) throw new PickleError("it calls what has no name");
		this.pushNew(this.#host.call(callee.name, args));
	}

	/** Asks the host for what the id on top stands for. */
	persist(): void {
		this.pushNew(this.#host.persistent(this.pop()));
	}

	/** Attributes of dictionaries (PyTorch keeps versions of modules there) are no data; nothing else may have any. */
	build(): void {
		this.pop();
		if (!(this.top() instanceof Map)) throw new PickleError("it gives attributes to what is no dictionary");
	}
}

function exact(value: bigint): number | bigint {
	const number = Number(value);
	return Number.isSafeInteger(number) ? number : value;
}
