import type { Dim } from "./dims.ts";

/**
 * The shape of an operation element by element: axes are matched from the last, and an axis of length 1 stretches. A length
 * that is only known in a run fits itself and 1.
 *
 * ONNX, docs/Broadcasting.md. `undefined` where the shapes do not fit.
 */
export function broadcast(...shapes: readonly (readonly Dim[])[]): Dim[] | undefined {
	const rank = Math.max(...shapes.map(({ length }) => length));
	const result: Dim[] = [];
	for (let axis = 1; axis <= rank; axis++) {
		const lengths = new Set(shapes.map((shape) => shape.at(-axis)).filter((dim) => dim !== undefined && dim !== 1));
		if (lengths.size > 1) return undefined;
		const [length = 1] = lengths;
		result.unshift(length);
	}
	return result;
}

/** Where an axis counted from the front or, below 0, from the back is; `undefined` if nowhere. */
export function axisAt(axis: number, rank: number): number | undefined {
	const at = axis < 0 ? axis + rank : axis;
	return Number.isInteger(at) && at >= 0 && at < rank ? at : undefined;
}
