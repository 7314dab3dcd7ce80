import { type FileHandle, open } from "node:fs/promises";
import type { WeightRef } from "mutoscope/inference";
import { MutoscopeError } from "mutoscope/sdk";

/**
 * Rows of a table that stays in its file: a prompt needs some hundred rows of a quarter of a million.
 *
 * The rows of `ids`, one after another, as they lie in the file. Errors: `wan/token` for an id that has no row.
 */
export async function readRows(table: WeightRef, ids: BigInt64Array): Promise<Uint8Array> {
	const [count = 0] = table.shape;
	const size = table.length / count;
	const rows = new Uint8Array(ids.length * size);
	const first = new Map<bigint, number>();
	await using file = await open(table.file);
	for (const [i, id] of ids.entries()) {
		if (id < 0n || id >= count) throw new MutoscopeError("wan/token", { id: String(id), count });
		const known = first.get(id);
		if (known !== undefined) rows.copyWithin(i * size, known * size, (known + 1) * size);
		else await readRow(file, rows.subarray(i * size, (i + 1) * size), table.offset + Number(id) * size);
		first.set(id, known ?? i);
	}
	return rows;
}

async function readRow(file: FileHandle, row: Uint8Array, from: number): Promise<void> {
	for (let at = 0; at < row.length; ) {
		const { bytesRead } = await file.read(row, at, row.length - at, from + at);
		if (bytesRead === 0) throw new RangeError("the table ends early");
		at += bytesRead;
	}
}
