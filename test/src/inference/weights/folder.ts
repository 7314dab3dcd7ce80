import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder of its own for a test file; removed when it is disposed of. */
export class Folder implements AsyncDisposable {
	readonly path: string;

	private constructor(path: string) {
		this.path = path;
	}

	static async make(): Promise<Folder> {
		return new Folder(await mkdtemp(join(tmpdir(), "mutoscope-weights-")));
	}

	/** Writes a file, and gives its path. */
	async write(name: string, bytes: Uint8Array | string): Promise<string> {
		const path = join(this.path, name);
		await writeFile(path, bytes);
		return path;
	}

	[Symbol.asyncDispose](): Promise<void> {
		return rm(this.path, { recursive: true, force: true });
	}
}

/** A safetensors file of this header, which may be text, and so many bytes of tensors. */
export function safetensors(header: unknown, data: Uint8Array | number = 0): Buffer {
	const json = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
	const length = Buffer.alloc(8);
	length.writeBigUInt64LE(BigInt(json.length));
	return Buffer.concat([length, json, typeof data === "number" ? Buffer.alloc(data) : data]);
}
