import type { FileHandle } from "node:fs/promises";
import { badFile, readExactly } from "./file.ts";

/** Where a file in an archive is. */
export interface ZipEntry {
	readonly name: string;
	/** Where its own header begins, in bytes; its contents come after. */
	readonly header: number;
	/** Its size in bytes. */
	readonly size: number;
}

const END = 0x06054b50;
const END_64_LOCATOR = 0x07064b50;
const END_64 = 0x06064b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const UNKNOWN_32 = 0xffffffff;
const UNKNOWN_16 = 0xffff;
const LARGEST_DIRECTORY = 1 << 26;

/**
 * What is in a zip archive whose files are stored as they are. Throws `weight/file` for compressed or encrypted ones, and
 * for what points outside of the archive.
 *
 * PKWARE, APPNOTE.TXT 6.3.10, §4.3.7, §4.3.12 to §4.3.16 and §4.5.3.
 */
export async function readZip(handle: FileHandle, file: string, size: number): Promise<Map<string, ZipEntry>> {
	const { at, length, count } = await findDirectory(handle, file, size);
	if (at + length > size) return badFile(file, "its directory lies outside of it: it was not fetched to its end");
	if (length > LARGEST_DIRECTORY) return badFile(file, `its directory of ${length} bytes is larger than is read`);
	const directory = await readExactly(handle, file, at, length);
	const entries = new Map<string, ZipEntry>();
	let place = 0;
	for (let i = 0; i < count; i++) {
		if (place + 46 > length || directory.readUInt32LE(place) !== CENTRAL)
			return badFile(file, "its directory is damaged");
		const [names, extras, comments] = [28, 30, 32].map((field) => directory.readUInt16LE(place + field));
		const end = place + 46 + (names as number) + (extras as number) + (comments as number);
		if (end > length) return badFile(file, "its directory is damaged");
		const entry = parseEntry(directory.subarray(place, end), file);
		if (entries.has(entry.name)) return badFile(file, `it has two files called ${entry.name}`);
		if (entry.header + 30 + entry.size > at) return badFile(file, `${entry.name} lies outside of it`);
		entries.set(entry.name, entry);
		place = end;
	}
	return entries;
}

/** Where the contents of a file begin, in bytes from the beginning of the archive. */
export async function contentsOf(handle: FileHandle, file: string, size: number, entry: ZipEntry): Promise<number> {
	const header = await readExactly(handle, file, entry.header, 30);
	if (header.readUInt32LE() !== LOCAL || header.readUInt16LE(8) !== 0) {
		return badFile(file, `${entry.name} is not where the directory says`);
	}
	const at = entry.header + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
	return at + entry.size > size ? badFile(file, `${entry.name} lies outside of it`) : at;
}

async function findDirectory(handle: FileHandle, file: string, size: number) {
	const length = Math.min(size, 22 + UNKNOWN_16);
	const tail = await readExactly(handle, file, size - length, length);
	let end = length - 22;
	while (end >= 0 && !(tail.readUInt32LE(end) === END && tail.readUInt16LE(end + 20) === length - 22 - end)) end--;
	if (end < 0) return badFile(file, "it has no directory at its end: it was not fetched to its end");
	const locator = end - 20;
	if (locator >= 0 && tail.readUInt32LE(locator) === END_64_LOCATOR) {
		const at = exact(tail.readBigUInt64LE(locator + 8), file);
		if (at + 56 > size) return badFile(file, "its directory lies outside of it");
		const record = await readExactly(handle, file, at, 56);
		if (record.readUInt32LE() !== END_64) return badFile(file, "its directory is damaged");
		const [count, bytes, start] = [32, 40, 48].map((field) => exact(record.readBigUInt64LE(field), file));
		return { at: start as number, length: bytes as number, count: count as number };
	}
	return { at: tail.readUInt32LE(end + 16), length: tail.readUInt32LE(end + 12), count: tail.readUInt16LE(end + 10) };
}

function parseEntry(record: Buffer, file: string): ZipEntry {
	const nameLength = record.readUInt16LE(28);
	const name = record.toString("utf8", 46, 46 + nameLength);
	if (record.readUInt16LE(8) & 1) badFile(file, `${name} is encrypted`);
	if (record.readUInt16LE(10) !== 0) badFile(file, `${name} is compressed, so that it cannot be read in place`);
	const [packed, size, header] = [20, 24, 42].map((field) => record.readUInt32LE(field)) as [number, number, number];
	const wide = wideFields(record.subarray(46 + nameLength, 46 + nameLength + record.readUInt16LE(30)));
	const one = (value: number): number =>
		value === UNKNOWN_32 && wide.length > 0 ? exact(wide.shift() ?? 0n, file) : value;
	const [whole, stored, at] = [one(size), one(packed), one(header)];
	if (whole !== stored) badFile(file, `${name} has two sizes`);
	return { name, header: at, size: whole };
}

/** The 64-bit numbers that stand in for those of 32 bits that were too small. */
function wideFields(extra: Buffer): bigint[] {
	for (let at = 0; at + 4 <= extra.length; ) {
		const [id, length] = [extra.readUInt16LE(at), extra.readUInt16LE(at + 2)];
		if (id === 1) {
			const whole = Math.floor(Math.min(length, extra.length - at - 4) / 8);
			return Array.from({ length: whole }, (_, i) => extra.readBigUInt64LE(at + 4 + 8 * i));
		}
		at += 4 + length;
	}
	return [];
}

function exact(value: bigint, file: string): number {
	return value <= BigInt(Number.MAX_SAFE_INTEGER)
		? Number(value)
		: badFile(file, "it points further than any file reaches");
}
