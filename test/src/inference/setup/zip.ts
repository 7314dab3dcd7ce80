import { crc32, deflateRawSync } from "node:zlib";

/** A zip archive of files, packed; `wrong` damages the sum of the file of that name. */
export function zipOf(files: Readonly<Record<string, Buffer>>, wrong?: string): Buffer {
	const locals: Buffer[] = [];
	const central: Buffer[] = [];
	let at = 0;
	for (const [name, contents] of Object.entries(files)) {
		const packed = deflateRawSync(contents);
		const fields = Buffer.alloc(26);
		fields.writeUInt16LE(20, 0);
		fields.writeUInt16LE(8, 4);
		fields.writeUInt32LE(name === wrong ? 1 : crc32(contents), 10);
		fields.writeUInt32LE(packed.length, 14);
		fields.writeUInt32LE(contents.length, 18);
		fields.writeUInt16LE(name.length, 22);
		const local = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), fields, Buffer.from(name), packed]);
		const tail = Buffer.alloc(14);
		tail.writeUInt32LE(at, 10);
		central.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\x00", "latin1"), fields, tail, Buffer.from(name)]));
		locals.push(local);
		at += local.length;
	}
	const directory = Buffer.concat(central);
	const end = Buffer.alloc(18);
	end.writeUInt16LE(central.length, 4);
	end.writeUInt16LE(central.length, 6);
	end.writeUInt32LE(directory.length, 8);
	end.writeUInt32LE(at, 12);
	return Buffer.concat([...locals, directory, Buffer.from("PK\x05\x06", "latin1"), end]);
}
