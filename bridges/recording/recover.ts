import { type FileHandle, open, rm } from "node:fs/promises";

/**
 * Cuts what was left half written off a recording that broke off, so that it ends with its last whole fragment; takes the file
 * away if that leaves nothing to play. Returns how many bytes were cut. Boxes are those of ISO/IEC 14496-12 §4.2.
 */
export async function recover(path: string): Promise<number> {
	const file = await open(path, "r+");
	try {
		const { size } = await file.stat();
		const end = await endOfFragments(file, size);
		if (end === 0) await rm(path);
		else if (end < size) await file.truncate(end);
		return size - end;
	} finally {
		await file.close();
	}
}

async function endOfFragments(file: FileHandle, size: number): Promise<number> {
	const header = Buffer.alloc(16);
	let index = false;
	let end = 0;
	for (let at = 0; at + 8 <= size; ) {
		await file.read(header, 0, 16, at);
		const kind = header.toString("latin1", 4, 8);
		const short = header.readUInt32BE(0);
		const length = short === 1 ? Number(header.readBigUInt64BE(8)) : short;
		if (length < 8 || at + length > size) break;
		at += length;
		if (kind === "moov") index = true;
		if (kind === "mdat" && !index) return size; // finished: the index is at the end
		if (kind === "mdat") end = at;
	}
	return end;
}
