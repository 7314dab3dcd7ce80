/**
 * Just enough of an assembler to write a few WebAssembly functions down in TypeScript: no compiler, no build step, and no
 * bytes in the repository that nobody can read. Opcodes as in the WebAssembly specification 2.0, chapter 5.
 */
export type Code = readonly number[];

const I32 = 0x7f;
const V128 = 0x7b;

/** A function: what it is given, what else it counts, and its vectors, as names of locals in this order; and what it does. */
export interface Kernel {
	readonly numbers: number;
	readonly counters: number;
	readonly vectors: number;
	readonly body: Code;
}

/** Writes a function down: `body` is given each local by its name. */
export function kernel<Name extends string>(
	numbers: readonly Name[],
	counters: readonly Name[],
	vectors: readonly Name[],
	body: (locals: Readonly<Record<Name, number>>) => readonly Code[],
): Kernel {
	const names = [...numbers, ...counters, ...vectors];
	const locals = Object.fromEntries(names.map((name, index) => [name, index])) as Record<Name, number>;
	const lengths = { numbers: numbers.length, counters: counters.length, vectors: vectors.length };
	return { ...lengths, body: body(locals).flat() };
}

const signed = (value: number): number[] => {
	const bytes: number[] = [];
	for (let rest = value; ; rest >>= 7) {
		const byte = rest & 0x7f;
		const last = rest >> 7 === 0 ? (byte & 0x40) === 0 : rest >> 7 === -1 && (byte & 0x40) !== 0;
		bytes.push(last ? byte : byte | 0x80);
		if (last) return bytes;
	}
};
const unsigned = (value: number): number[] =>
	value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
const vector = (opcode: number, ...rest: number[]): number[] => [0xfd, ...unsigned(opcode), ...rest];
/** Alignment is a hint; ours is never promised. Then the offset. */
const at = (offset: number): number[] => [0, ...unsigned(offset)];

/** The value of a local. */
export const get = (local: number): Code => [0x20, local];
/** Gives a local a value. */
export const set = (local: number, value: Code): Code => [...value, 0x21, local];
/** A whole number. */
export const number = (value: number): Code => [0x41, ...signed(value)];
export const add = (a: Code, b: Code): Code => [...a, ...b, 0x6a];
/** Moves a local on. */
export const advance = (local: number, by: Code): Code => set(local, add(get(local), by));
/** The 32-bit word at an address. */
export const load32 = (address: Code): Code => [...address, 0x28, ...at(0)];
/** Does `body` as often as the local says, at least once; the local is 0 then. */
export const repeat = (local: number, ...body: Code[]): Code => [
	...[0x03, 0x40, ...body.flat()],
	...[...get(local), ...number(1), 0x6b, 0x22, local],
	...[0x0d, 0, 0x0b],
];

/** Sixteen bytes at an address. */
export const load = (address: Code): Code => [...address, ...vector(0, ...at(0))];
/** Eight bytes at an address, then zeros. */
export const load8 = (address: Code): Code => [...address, ...vector(93, ...at(0))];
/** The 16-bit word at an address, eight times. */
export const loadSplat16 = (address: Code): Code => [...address, ...vector(8, ...at(0))];
export const store = (address: Code, value: Code): Code => [...address, ...value, ...vector(11, ...at(0))];
/** Writes the first four bytes. */
export const store4 = (address: Code, value: Code): Code => [...address, ...value, ...vector(90, ...at(0), 0)];
/** Writes the first eight bytes. */
export const store8 = (address: Code, value: Code): Code => [...address, ...value, ...vector(91, ...at(0), 0)];
/** A number, as eight 16-bit words. */
export const splat16 = (value: Code): Code => [...value, ...vector(16)];
/** Sixteen bytes. */
export const bytes16 = (...bytes: number[]): Code => vector(12, ...bytes);
/** Eight 16-bit words. */
export const words16 = (...words: number[]): Code =>
	bytes16(...words.flatMap((word) => [word & 0xff, (word >> 8) & 0xff]));
/** The first eight bytes, and the last eight, as 16-bit words. */
export const low16 = (value: Code): Code => [...value, ...vector(137)];
export const high16 = (value: Code): Code => [...value, ...vector(138)];
export const add16 = (a: Code, b: Code): Code => [...a, ...b, ...vector(142)];
export const multiply16 = (a: Code, b: Code): Code => [...a, ...b, ...vector(149)];
export const shiftRight16 = (value: Code, bits: number): Code => [...value, ...number(bits), ...vector(141)];
/** Sixteen 16-bit words as bytes. */
export const narrow = (low: Code, high: Code): Code => [...low, ...high, ...vector(102)];
export const or = (a: Code, b: Code): Code => [...a, ...b, ...vector(80)];
export const and = (a: Code, b: Code): Code => [...a, ...b, ...vector(78)];
/** The bytes of these numbers. */
export const pick = (value: Code, ...bytes: number[]): Code => shuffle(value, value, ...bytes);
/** The bytes of these numbers, of two values: from 16 on, those of the second. */
export const shuffle = (a: Code, b: Code, ...bytes: number[]): Code => [...a, ...b, ...vector(13, ...bytes)];

/** Four 32-bit words. */
export const words32 = (...words: number[]): Code =>
	bytes16(...words.flatMap((word) => [0, 8, 16, 24].map((bit) => (word >> bit) & 0xff)));
export const add32 = (a: Code, b: Code): Code => [...a, ...b, ...vector(174)];
export const shiftRight32 = (value: Code, bits: number): Code => [...value, ...number(bits), ...vector(172)];
/** Multiplies signed 16-bit words, and adds up each two neighbours as a 32-bit word. */
export const dot = (a: Code, b: Code): Code => [...a, ...b, ...vector(186)];
/** Eight 32-bit words as 16-bit ones. */
export const narrow32 = (low: Code, high: Code): Code => [...low, ...high, ...vector(133)];

/** `WebAssembly` is there, but TypeScript declares it only with the browser's library. */
interface Engine {
	readonly Module: new (bytes: Uint8Array) => object;
	readonly Instance: new (module: object) => { readonly exports: unknown };
}

/** Makes these functions run. They share a memory of their own. */
export function assemble(kernels: Readonly<Record<string, Kernel>>): unknown {
	const { Module, Instance } = (globalThis as unknown as { readonly WebAssembly: Engine }).WebAssembly;
	return new Instance(new Module(encode(kernels))).exports;
}

function encode(kernels: Readonly<Record<string, Kernel>>): Uint8Array {
	const all = Object.entries(kernels);
	const list = (items: readonly Code[]): Code => [...unsigned(items.length), ...items.flat()];
	const sized = (bytes: Code): Code => [...unsigned(bytes.length), ...bytes];
	const section = (id: number, content: Code): Code => [id, ...sized(content)];
	const name = (text: string): Code => sized([...text].map((letter) => letter.charCodeAt(0)));
	return Uint8Array.from([
		...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
		...section(1, list(all.map(([, { numbers }]) => [0x60, ...list(Array(numbers).fill([I32])), 0]))),
		...section(3, list(all.map((_, index) => unsigned(index)))),
		...section(5, [1, 0, 1]),
		...section(
			7,
			list([[...name("memory"), 2, 0], ...all.map(([title], index) => [...name(title), 0, ...unsigned(index)])]),
		),
		...section(
			10,
			list(
				all.map(([, { counters, vectors, body }]) =>
					sized([2, ...unsigned(counters), I32, ...unsigned(vectors), V128, ...body, 0x0b]),
				),
			),
		),
	]);
}
