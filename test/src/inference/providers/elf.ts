/** The smallest ELF file (64 bits, little-endian) that asks the loader for libraries of these names. */
export function elfNeeding(...names: readonly string[]): Buffer {
	const table = ["", ...names].map((name) => `${name}\0`).join("");
	const offsets = names.map((_, i) => ["", ...names.slice(0, i)].map((name) => `${name}\0`).join("").length);
	const strings = Buffer.from(table, "latin1");
	const [header, entry] = [64, 56];
	const dynamicAt = header + 2 * entry;
	const stringsAt = dynamicAt + 16 * (names.length + 2);
	const file = Buffer.alloc(stringsAt + strings.length);
	file.write("\x7fELF\x02\x01\x01", 0, "latin1");
	file.writeUInt16LE(3, 16); // ET_DYN
	file.writeUInt16LE(62, 18); // EM_X86_64
	file.writeUInt32LE(1, 20);
	file.writeBigUInt64LE(BigInt(header), 32);
	file.writeUInt16LE(header, 52);
	file.writeUInt16LE(entry, 54);
	file.writeUInt16LE(2, 56);
	const segment = (at: number, type: number, offset: number, length: number) => {
		file.writeUInt32LE(type, at);
		file.writeUInt32LE(6, at + 4);
		for (const place of [8, 16, 24]) file.writeBigUInt64LE(BigInt(offset), at + place);
		for (const place of [32, 40]) file.writeBigUInt64LE(BigInt(length), at + place);
		file.writeBigUInt64LE(BigInt(type === 1 ? 4096 : 8), at + 48);
	};
	segment(header, 1, 0, file.length);
	segment(header + entry, 2, dynamicAt, 16 * (names.length + 2));
	const tag = (i: number, number: number, value: number) => {
		file.writeBigUInt64LE(BigInt(number), dynamicAt + 16 * i);
		file.writeBigUInt64LE(BigInt(value), dynamicAt + 16 * i + 8);
	};
	for (const [i, offset] of offsets.entries()) tag(i, 1, offset);
	tag(names.length, 5, stringsAt);
	strings.copy(file, stringsAt);
	return file;
}
