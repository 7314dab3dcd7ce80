import type { DType } from "../dtype.ts";

/** Where a tensor lies in a file: its elements one after another, the last axis fastest, little-endian. */
export interface WeightRef {
	/** Its name as the model knows it. */
	readonly name: string;
	readonly dtype: DType;
	readonly shape: readonly number[];
	/** Absolute path without symbolic links: ONNX Runtime follows none. */
	readonly file: string;
	/** Where it begins, in bytes from the beginning of the file. Need not be aligned. */
	readonly offset: number;
	/** Its size in bytes: the product of its shape and the size of an element. */
	readonly length: number;
}

/** A tensor that is in a file, but in a way that no model can read in place. */
interface Unusable {
	readonly name: string;
	readonly file: string;
	/** What is in the way. */
	readonly problem: string;
}

/** What is found in a file under a name. */
export type Found = WeightRef | Unusable;
