import type { FileHandle } from "node:fs/promises";
import { DTYPES } from "../dtype.ts";
import { badFile, bytesOfShape, readExactly } from "./file.ts";
import { readPickle } from "./pickle.ts";
import { PickleError } from "./pickle-host.ts";
import type { Found } from "./ref.ts";
import { elementBytes, StoredTensor, TorchHost } from "./torch-storage.ts";
import { contentsOf, readZip, type ZipEntry } from "./zip.ts";

/** The largest pickle that is read, in bytes: that of a model of 14 billion parameters has 0.2 MB. */
const LARGEST_PICKLE = 1 << 26;
const MOST_VISITS = 2_000_000;
const DEEPEST = 32;
const LONGEST_KEY = 1000;

/** The tensors of what `torch.save` has written since version 1.6: a zip archive. Throws `weight/file`. */
export async function readTorchZip(handle: FileHandle, file: string, size: number): Promise<Found[]> {
	const entries = await readZip(handle, file, size);
	const pickle = [...entries.values()].find(({ name }) => /^[^/]+\/data\.pkl$/.test(name));
	if (!pickle) return badFile(file, "it is a zip archive, but none that torch.save has made");
	const folder = pickle.name.slice(0, -"data.pkl".length);
	const contents = async (entry: ZipEntry): Promise<Buffer> => {
		if (entry.size > LARGEST_PICKLE) return badFile(file, `${entry.name} has ${entry.size} bytes, more than are read`);
		return readExactly(handle, file, await contentsOf(handle, file, size, entry), entry.size);
	};
	const order = entries.get(`${folder}byteorder`);
	if (order && (await contents(order)).toString() !== "little") return badFile(file, "its numbers are big-endian");
	const bytes = await contents(pickle);
	const host = new TorchHost();
	const root = unpickled(file, () => readPickle(bytes, host).value);
	const places = new Map<string, number>();
	for (const storage of host.storages.values()) {
		const entry = entries.get(`${folder}data/${storage.key}`);
		if (!entry) return badFile(file, `the storage ${storage.key} is missing`);
		const wanted = storage.count * elementBytes(storage);
		if (wanted !== entry.size) {
			return badFile(file, `the storage ${storage.key} has ${entry.size} bytes, where ${wanted} are needed`);
		}
		places.set(storage.key, await contentsOf(handle, file, size, entry));
	}
	return flatten(root, file, places);
}

const MAGIC = 0x1950a86a20f9469cfc6cn;
const PROTOCOL = 1001;

/** The tensors of what `torch.save` wrote before: pickles one after another, then the storages. Throws `weight/file`. */
export async function readTorchLegacy(handle: FileHandle, file: string, size: number): Promise<Found[]> {
	const bytes = await readExactly(handle, file, 0, Math.min(size, LARGEST_PICKLE));
	const host = new TorchHost();
	let at = 0;
	const next = (): unknown => {
		const { value, end } = unpickled(file, () => readPickle(bytes, host, at));
		at = end;
		return value;
	};
	if (next() !== MAGIC || next() !== PROTOCOL)
		return badFile(file, "it is a pickle, but none that torch.save has made");
	const system = next();
	if (system instanceof Map && system.get("little_endian") === false)
		return badFile(file, "its numbers are big-endian");
	const root = next();
	const keys = next();
	const places = new Map<string, number>();
	for (const key of Array.isArray(keys) ? (keys as unknown[]) : []) {
		const storage = typeof key === "string" ? host.storages.get(key) : undefined;
		if (!storage || places.has(storage.key)) return badFile(file, "it has elements that belong to no tensor");
		const count = (await readExactly(handle, file, at, 8)).readBigInt64LE();
		if (count !== BigInt(storage.count)) return badFile(file, `the storage ${storage.key} has two sizes`);
		places.set(storage.key, at + 8);
		at += 8 + storage.count * elementBytes(storage);
		if (at > size) return badFile(file, `it ends within the storage ${storage.key}: it was not fetched to its end`);
	}
	for (const key of host.storages.keys()) if (!places.has(key)) return badFile(file, `the storage ${key} is missing`);
	return flatten(root, file, places);
}

function unpickled<T>(file: string, read: () => T): T {
	try {
		return read();
	} catch (error) {
		if (error instanceof PickleError) return badFile(file, error.message);
		throw error;
	}
}

/** Tensors under the keys that lead to them, joined by dots. `places` says where each storage begins. */
function flatten(root: unknown, file: string, places: ReadonlyMap<string, number>): Found[] {
	const found = new Map<string, Found>();
	let visits = 0;
	const visit = (value: unknown, path: readonly string[]): void => {
		if (++visits > MOST_VISITS || path.length > DEEPEST) badFile(file, "its containers are nested too deeply");
		if (value instanceof StoredTensor) {
			const name = path.join(".");
			if (found.has(name)) badFile(file, `it has two tensors called ${name}`);
			found.set(name, locate(name, value, file, places.get(value.storage.key) as number));
		} else if (value instanceof Map) for (const [key, one] of value) visit(one, [...path, keyOf(key, file)]);
		else if (Array.isArray(value)) for (const [i, one] of value.entries()) visit(one, [...path, String(i)]);
	};
	if (root instanceof StoredTensor) return badFile(file, "it holds one tensor without a name");
	visit(root, []);
	return [...found.values()];
}

function keyOf(key: unknown, file: string): string {
	const plain = typeof key === "string" || typeof key === "number" || typeof key === "boolean";
	if (!plain || (typeof key === "string" && key.length > LONGEST_KEY))
		return badFile(file, "it has keys that are no names");
	return String(key);
}

/** Where a tensor lies in the file, for a storage that begins at `start`. */
function locate(name: string, tensor: StoredTensor, file: string, start: number): Found {
	const { storage, dtype, offset, shape, strides } = tensor;
	if (!dtype) return { name, file, problem: `elements of ${storage.type} are not read here` };
	const size = elementBytes(storage);
	const { offset: from, count } = storage.view ?? { offset: 0, count: storage.count };
	const { bytes } = DTYPES[dtype];
	const length = bytesOfShape(dtype, shape);
	const empty = shape.includes(0);
	const reach = empty ? 0 : shape.reduce((last, length, axis) => last + (length - 1) * (strides[axis] as number), 1);
	// Written so that what is not a number is refused, too.
	if (!(length >= 0 && from + count <= storage.count && (offset + reach) * bytes <= count * size)) {
		return badFile(file, `${name} reaches beyond its storage`);
	}
	if (!tensor.contiguous) return { name, file, problem: "its elements do not lie one after another" };
	return { name, dtype, shape, file, offset: start + from * size + offset * bytes, length };
}
