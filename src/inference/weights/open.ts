import { type FileHandle, open, realpath, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { reasonOf } from "../../base/errors.ts";
import { badFile, readExactly } from "./file.ts";
import { isTooRich } from "./json.ts";
import type { Found } from "./ref.ts";
import { readSafetensors } from "./safetensors.ts";
import { readTorchLegacy, readTorchZip } from "./torch.ts";

const PICKLE = 0x80;
const BRACE = 0x7b;

/** The largest index of shards that is read, in bytes. */
const LARGEST_INDEX = 1 << 25;

/** The tensors of a file, or of the files that an `*.index.json` names. Throws `weight/file`. */
export async function readWeights(path: string): Promise<Found[]> {
	const file = await realpath(path).catch((error: unknown) => badFile(path, reasonOf(error)));
	// Opening a pipe would wait for somebody to write into it.
	if (!(await stat(file)).isFile()) return badFile(file, "it is not a file");
	await using handle = await open(file).catch((error: unknown) => badFile(file, reasonOf(error)));
	const { size } = await handle.stat();
	if (path.endsWith(".index.json")) return await readIndex(handle, path, size);
	const magic = await readExactly(handle, file, 0, Math.min(size, 9));
	// The length of a safetensors header may begin with the byte that a pickle begins with, so it is asked first.
	if (magic[8] === BRACE && magic.readBigUInt64LE() <= size - 8) return await readSafetensors(handle, file, size);
	if (magic.toString("latin1", 0, 4) === "PK\x03\x04") return await readTorchZip(handle, file, size);
	if (magic[0] === PICKLE) return await readTorchLegacy(handle, file, size);
	if (magic[8] === BRACE) return await readSafetensors(handle, file, size);
	return badFile(file, "it is neither safetensors nor made by torch.save");
}

/** Names and their files, as Hugging Face writes them beside shards: `{ "weight_map": { name: file } }`. */
async function readIndex(handle: FileHandle, path: string, size: number): Promise<Found[]> {
	if (size > LARGEST_INDEX) return badFile(path, `${size} bytes are more than any index has`);
	const text = await readExactly(handle, path, 0, size);
	if (isTooRich(text)) return badFile(path, "it has more parts than are read");
	let index: { weight_map?: unknown } | null;
	try {
		index = JSON.parse(text.toString()) as { weight_map?: unknown } | null;
	} catch {
		return badFile(path, "it is not JSON");
	}
	const map = index?.weight_map;
	if (typeof map !== "object" || map === null) return badFile(path, "it has no weight_map");
	const wanted = new Map<string, string>();
	for (const [name, file] of Object.entries(map)) {
		if (typeof file !== "string" || basename(file) !== file || file.endsWith(".index.json")) {
			return badFile(path, `${typeof file === "string" ? file : typeof file} is not a file beside it`);
		}
		wanted.set(name, file);
	}
	const refs: Found[] = [];
	for (const shard of new Set(wanted.values())) {
		const inside = await readWeights(join(dirname(path), shard));
		refs.push(...inside.filter(({ name }) => wanted.get(name) === shard));
	}
	const found = new Set(refs.map(({ name }) => name));
	for (const [name, file] of wanted) if (!found.has(name)) badFile(path, `${name} is not in ${file}`);
	return refs;
}
