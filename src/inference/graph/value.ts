import type { DType } from "../dtype.ts";
import type { Dim } from "./dims.ts";

/** What a tensor of a graph is like. */
export interface Typed {
	readonly dtype: DType;
	/** Lengths of the axes, slowest first; `[]` is a single number. */
	readonly shape: readonly Dim[];
}

/** A tensor in a graph: what is fed in, read from a file, or computed by a node. */
export interface Value extends Typed {
	/** The graph that it belongs to; no other takes it. */
	readonly graph: object;
	/** Unique in its graph. */
	readonly name: string;
}

/** A value, or a number that stands for a constant of the other operand's type. */
export type Operand = Value | number;

/** An attribute of a node. A plain number is an integer: ONNX tells 1 from 1.0, so that floats say what they are. */
export type Attribute =
	| number
	| string
	| readonly number[]
	| { readonly float: number }
	| { readonly floats: readonly number[] };

/** How a shape reads in an error: `[1, tokens, 1536]`. */
export function printShape(shape: readonly Dim[]): string {
	return `[${shape.join(", ")}]`;
}
