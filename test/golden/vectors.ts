import { readFileSync } from "node:fs";
import { type Compared, compare } from "./compare.ts";

/** Part of a tensor [channels, height, width]: every channel at some rows and columns, as Python's slices `0::8`. */
interface Sample {
	readonly rows: string;
	readonly cols: string;
	readonly values: readonly number[];
}

/** A file of `vectors/`. */
export function vector(name: string) {
	return JSON.parse(readFileSync(new URL(`vectors/${name}.json`, import.meta.url), "utf8"));
}

/** Compares part of a tensor [channels, height, width]. */
export function compareSample(
	name: string,
	ours: Float32Array,
	[height, width]: readonly [number, number],
	{ rows, cols, values }: Sample,
	limit: number,
): Compared {
	const [ys, xs] = [places(rows, height), places(cols, width)];
	const area = height * width;
	const channels = Array.from({ length: ours.length / area }, (_, c) => c * area);
	const picked = channels.flatMap((from) => ys.flatMap((y) => xs.map((x) => ours[from + y * width + x] as number)));
	return compare(name, picked, values, limit);
}

function places(slice: string, length: number): number[] {
	const [from = 0, step = 1] = slice.split("::").map(Number);
	return Array.from({ length: Math.ceil((length - from) / step) }, (_, i) => from + i * step);
}
