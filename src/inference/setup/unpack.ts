import { createReadStream, createWriteStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { crc32, createInflateRaw } from "node:zlib";
import { MutoscopeError } from "../../base/errors.ts";

/** PKWARE, APPNOTE.TXT 6.3.10, §4.3.7, §4.3.12, §4.3.16. */
const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const STORED = 0;
const DEFLATED = 8;
const LONGEST_TAIL = 22 + 0xffff;

interface Entry {
	readonly method: number;
	readonly crc: number;
	readonly packed: number;
	readonly size: number;
	readonly header: number;
}

/**
 * Unpacks files of a zip archive, and compares each with its CRC-32. Archives of 4 GB and more are not read.
 *
 * @param wanted the file to write, by the name in the archive. Throws `setup/corrupt`.
 */
export async function unpack(what: string, archive: string, wanted: ReadonlyMap<string, string>): Promise<void> {
	const corrupt = (reason: string) => new MutoscopeError("setup/corrupt", { what, reason });
	const handle = await open(archive, "r");
	try {
		const entries = await directory(handle, corrupt);
		for (const [name, path] of wanted) {
			const entry = entries.get(name);
			if (!entry) throw corrupt(`there is no ${name} in it`);
			const local = await bytesAt(handle, entry.header, 30);
			const start = entry.header + 30 + local.readUInt16LE(26) + local.readUInt16LE(28);
			if (!(await extract(archive, start, entry, path))) throw corrupt(`${name} is damaged`);
		}
	} catch (error) {
		if (error instanceof RangeError) throw corrupt("its directory is damaged");
		throw error;
	} finally {
		await handle.close();
	}
}

/** Writes one file. Returns whether it is what the directory says. */
async function extract(archive: string, start: number, entry: Entry, path: string): Promise<boolean> {
	let [sum, size] = [0, 0];
	const check = async function* (chunks: AsyncIterable<Buffer>) {
		for await (const chunk of chunks) {
			sum = crc32(chunk, sum);
			size += chunk.length;
			if (size > entry.size) return;
			yield chunk;
		}
	};
	const from = createReadStream(archive, { start, end: start + Math.max(0, entry.packed - 1) });
	const to = createWriteStream(path, { mode: 0o755 });
	try {
		if (entry.method === DEFLATED) await pipeline(from, createInflateRaw(), check, to);
		else if (entry.method === STORED) await pipeline(from, check, to);
		else return false;
	} catch (error) {
		if (String((error as NodeJS.ErrnoException).code).startsWith("Z_")) return false;
		throw error;
	}
	return sum === entry.crc && size === entry.size;
}

async function directory(handle: FileHandle, corrupt: (reason: string) => Error): Promise<Map<string, Entry>> {
	const { size } = await handle.stat();
	const length = Math.min(size, LONGEST_TAIL);
	const tail = await bytesAt(handle, size - length, length);
	let end = length - 22;
	while (end >= 0 && tail.readUInt32LE(end) !== END) end--;
	if (end < 0) throw corrupt("it is no archive");
	const list = await bytesAt(handle, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
	const entries = new Map<string, Entry>();
	for (let at = 0, left = tail.readUInt16LE(end + 10); left > 0; left--) {
		if (list.readUInt32LE(at) !== CENTRAL) throw corrupt("its directory is damaged");
		const [crc, packed, whole, header] = [16, 20, 24, 42].map((field) => list.readUInt32LE(at + field));
		const [name, extra, comment] = [28, 30, 32].map((field) => list.readUInt16LE(at + field)) as [
			number,
			number,
			number,
		];
		const method = list.readUInt16LE(at + 10);
		entries.set(list.toString("utf8", at + 46, at + 46 + name), {
			method,
			crc: crc as number,
			packed: packed as number,
			size: whole as number,
			header: header as number,
		});
		at += 46 + name + extra + comment;
	}
	return entries;
}

async function bytesAt(handle: FileHandle, at: number, length: number): Promise<Buffer> {
	const bytes = Buffer.alloc(length);
	const { bytesRead } = await handle.read(bytes, 0, length, at);
	return bytes.subarray(0, bytesRead);
}
