import { closeSync, openSync, readSync } from "node:fs";

/** From the ELF specification: program headers that are loaded, and the dynamic section. */
const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const DT_NEEDED = 1n;
const DT_STRTAB = 5n;
/** A name of a library is not longer. */
const NAME = 256;

/**
 * Names of the libraries that a 64-bit little-endian ELF file asks the loader for (`DT_NEEDED`; System V ABI, gABI chapter 5).
 * None for a file of another kind.
 */
export function neededLibraries(path: string): string[] {
	const file = openSync(path, "r");
	const read = (offset: number, length: number): Buffer => {
		const bytes = Buffer.alloc(length);
		return bytes.subarray(0, readSync(file, bytes, 0, length, offset));
	};
	try {
		const header = read(0, 64);
		if (header.length < 64 || header.readUInt32BE(0) !== 0x7f454c46 || header[4] !== 2 || header[5] !== 1) return [];
		const size = header.readUInt16LE(54);
		const table = read(Number(header.readBigUInt64LE(32)), size * header.readUInt16LE(56));
		const segments = Array.from({ length: Math.floor(table.length / size) }, (_, i) => ({
			type: table.readUInt32LE(i * size),
			offset: Number(table.readBigUInt64LE(i * size + 8)),
			address: Number(table.readBigUInt64LE(i * size + 16)),
			length: Number(table.readBigUInt64LE(i * size + 32)),
		}));
		const dynamic = segments.find(({ type }) => type === PT_DYNAMIC);
		if (!dynamic) return [];
		const bytes = read(dynamic.offset, dynamic.length);
		const entries = Array.from({ length: Math.floor(bytes.length / 16) }, (_, i) => ({
			tag: bytes.readBigUInt64LE(i * 16),
			value: Number(bytes.readBigUInt64LE(i * 16 + 8)),
		}));
		const address = entries.find(({ tag }) => tag === DT_STRTAB)?.value;
		if (address === undefined) return [];
		const holds = (segment: (typeof segments)[number]) =>
			segment.type === PT_LOAD && address >= segment.address && address < segment.address + segment.length;
		const strings = segments.find(holds);
		if (!strings) return [];
		const names = address - strings.address + strings.offset;
		return entries
			.filter(({ tag }) => tag === DT_NEEDED)
			.map(
				({ value }) =>
					read(names + value, NAME)
						.toString("latin1")
						.split("\0", 1)[0] ?? "",
			);
	} finally {
		closeSync(file);
	}
}
