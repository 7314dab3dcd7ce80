import { DTYPES, type DType } from "../dtype.ts";
import { PickledName, PickleError, type PickleHost } from "./pickle-host.ts";

/** Elements one after another, that tensors are views of. */
export interface Storage {
	/** Its name in the file. */
	readonly key: string;
	/** `undefined` for a type that is not read here. */
	readonly dtype: DType | undefined;
	/** What PyTorch calls its type. */
	readonly type: string;
	/** How many elements; bytes where it has no type of its own. */
	readonly count: number;
	/** In the old format: the part of the elements under `key` that this is. */
	readonly view: { readonly offset: number; readonly count: number } | undefined;
}

/** A view of a storage, in elements. */
export class StoredTensor {
	readonly storage: Storage;
	readonly dtype: DType | undefined;
	readonly offset: number;
	readonly shape: readonly number[];
	readonly strides: readonly number[];

	/** Throws `PickleError` where what it is made of is not what PyTorch makes. */
	constructor(storage: unknown, offset: unknown, shape: unknown, strides: unknown, dtype?: DType) {
		const fits = isStorage(storage) && isCounts(shape) && isCounts(strides) && shape.length === strides.length;
		if (!fits || !isCount(offset)) throw new PickleError("it has a tensor without a proper shape");
		this.storage = storage;
		this.dtype = dtype ?? storage.dtype;
		this.offset = offset;
		this.shape = shape;
		this.strides = strides;
	}

	/** Whether its elements lie one after another, the last axis fastest. */
	get contiguous(): boolean {
		let next = 1;
		for (const [axis, length] of [...this.shape.entries()].reverse()) {
			if (length === 0) return true;
			if (length !== 1 && this.strides[axis] !== next) return false;
			next *= length;
		}
		return true;
	}
}

const STORAGES: Readonly<Record<string, DType | undefined>> = {
	"torch.DoubleStorage": "float64",
	"torch.FloatStorage": "float32",
	"torch.HalfStorage": "float16",
	"torch.BFloat16Storage": "bfloat16",
	"torch.LongStorage": "int64",
	"torch.IntStorage": "int32",
	"torch.CharStorage": "int8",
	"torch.ByteStorage": "uint8",
	"torch.BoolStorage": "bool",
	"torch.storage.UntypedStorage": "uint8",
};

/** Elements of types that have no name here, in bytes. */
const OTHERS: Readonly<Record<string, number>> = {
	"torch.ShortStorage": 2,
	"torch.ComplexFloatStorage": 8,
	"torch.ComplexDoubleStorage": 16,
};

const TYPES: Readonly<Record<string, DType>> = {
	"torch.float64": "float64",
	"torch.float32": "float32",
	"torch.float16": "float16",
	"torch.bfloat16": "bfloat16",
	"torch.float8_e4m3fn": "float8e4m3fn",
	"torch.int64": "int64",
	"torch.int32": "int32",
	"torch.int8": "int8",
	"torch.uint8": "uint8",
	"torch.uint16": "uint16",
	"torch.bool": "bool",
};

/** Size of an element of a storage, in bytes. */
export function elementBytes({ dtype, type }: Storage): number {
	return dtype ? DTYPES[dtype].bytes : (OTHERS[type] ?? 1);
}

/**
 * Knows what `torch.save` writes of tensors and dictionaries of them, and nothing else.
 *
 * PyTorch 2.4, torch/_utils.py (`_rebuild_tensor_v2`, `_rebuild_tensor_v3`, `_rebuild_parameter`) and torch/serialization.py
 * (`persistent_id`); BSD-3-Clause.
 */
export class TorchHost implements PickleHost {
	/** All that were mentioned, by their names. */
	readonly storages = new Map<string, Storage>();

	persistent(id: unknown): Storage {
		const [tag, kind, key, , count, view] = Array.isArray(id) ? (id as unknown[]) : [];
		const type = kind instanceof PickledName ? kind.name : "";
		const known = Object.hasOwn(STORAGES, type) || Object.hasOwn(OTHERS, type);
		if (tag !== "storage" || typeof key !== "string" || !isCount(count) || !known) {
			throw new PickleError(`it keeps something outside of it that is no storage: ${type || typeof tag}`);
		}
		const storage = { key, dtype: STORAGES[type], type, count, view: viewOf(view) };
		const before = this.storages.get(key);
		if (before && (before.type !== type || before.count !== count)) {
			throw new PickleError(`it speaks of the storage ${key} in two ways`);
		}
		this.storages.set(key, before ?? storage);
		return storage;
	}

	call(name: string, args: readonly unknown[]): unknown {
		switch (name) {
			case "collections.OrderedDict":
				return dictionary(args);
			// A shape; and bytes, which protocol 2 writes as text with the name of a code.
			case "torch.Size":
			case "_codecs.encode":
				return args[0];
			case "torch._utils._rebuild_tensor_v2":
				return new StoredTensor(args[0], args[1], args[2], args[3]);
			case "torch._utils._rebuild_tensor_v3": {
				const type = args[6] instanceof PickledName ? args[6].name : "";
				if (!Object.hasOwn(TYPES, type))
					throw new PickleError(`it has a tensor of the type ${type}, which is not read here`);
				return new StoredTensor(args[0], args[1], args[2], args[3], TYPES[type]);
			}
			case "torch._utils._rebuild_parameter":
				if (!(args[0] instanceof StoredTensor)) throw new PickleError("it has a parameter that is no tensor");
				return args[0];
			default:
				throw new PickleError(`it wants ${name} to be run, which is neither a tensor nor a plain container`);
		}
	}
}

function dictionary(args: readonly unknown[]): Map<unknown, unknown> {
	const [pairs = []] = args;
	if (!Array.isArray(pairs) || !pairs.every((pair) => Array.isArray(pair))) {
		throw new PickleError("it has a dictionary that is made of no pairs");
	}
	return new Map(pairs.map((pair: unknown[]) => [pair[0], pair[1]]));
}

function viewOf(view: unknown): Storage["view"] {
	if (view === undefined || view === null) return undefined;
	const [, offset, count] = Array.isArray(view) ? (view as unknown[]) : [];
	if (!isCount(offset) || !isCount(count)) throw new PickleError("it has a part of a storage that is none");
	return { offset, count };
}

function isCount(value: unknown): value is number {
	return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isCounts(value: unknown): value is readonly number[] {
	return Array.isArray(value) && value.length <= 64 && value.every(isCount);
}

function isStorage(value: unknown): value is Storage {
	return typeof value === "object" && value !== null && "key" in value && "count" in value && "view" in value;
}
