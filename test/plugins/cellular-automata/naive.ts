import type { Edges } from "../../../plugins/cellular-automata/systems/automaton.ts";
import type { CyclicRule } from "../../../plugins/cellular-automata/systems/cyclic.ts";
import type { GenerationsRule } from "../../../plugins/cellular-automata/systems/generations.ts";
import type { Size } from "../../../src/base/geometry.ts";

/** The state of a cell that may lie outside. */
function at(cells: ArrayLike<number>, { width, height }: Size, x: number, y: number, edges: Edges): number {
	const outside = x < 0 || y < 0 || x >= width || y >= height;
	if (outside && edges === "walls") return -1;
	return cells[((y + height) % height) * width + ((x + width) % width)] as number;
}

function everyCell({ width, height }: Size, next: (x: number, y: number) => number): number[] {
	return Array.from({ length: width * height }, (_, i) => next(i % width, Math.floor(i / width)));
}

/** A generation of the Generations family, as its definition reads. */
export function naiveGenerations(cells: ArrayLike<number>, size: Size, rule: GenerationsRule, edges: Edges): number[] {
	return everyCell(size, (x, y) => {
		let living = 0;
		for (let dy = -1; dy <= 1; dy++) {
			for (let dx = -1; dx <= 1; dx++) {
				if ((dx !== 0 || dy !== 0) && at(cells, size, x + dx, y + dy, edges) === 1) living++;
			}
		}
		const state = at(cells, size, x, y, edges);
		if (state === 0) return (rule.birth >> living) & 1;
		if (state === 1 && (rule.survival >> living) & 1) return 1;
		return (state + 1) % rule.states;
	});
}

/** A generation of a cyclic automaton, as its definition reads. */
export function naiveCyclic(cells: ArrayLike<number>, size: Size, rule: CyclicRule, edges: Edges): number[] {
	const { range } = rule;
	return everyCell(size, (x, y) => {
		const state = at(cells, size, x, y, edges);
		const next = (state + 1) % rule.states;
		let found = 0;
		for (let dy = -range; dy <= range; dy++) {
			for (let dx = -range; dx <= range; dx++) {
				if (rule.neighbourhood === "von-neumann" && Math.abs(dx) + Math.abs(dy) > range) continue;
				const [u, v] = [x + dx, y + dy];
				const far = edges === "wrap" ? wrapped(cells, size, u, v) : at(cells, size, u, v, edges);
				if (far === next) found++;
			}
		}
		return found >= rule.threshold ? next : state;
	});
}

function wrapped(cells: ArrayLike<number>, { width, height }: Size, x: number, y: number): number {
	const [u, v] = [((x % width) + width) % width, ((y % height) + height) % height];
	return cells[v * width + u] as number;
}

/** A row of an elementary automaton, as Wolfram's numbering reads. */
export function naiveElementary(row: ArrayLike<number>, rule: number, edges: Edges): number[] {
	const { length } = row;
	const cell = (x: number) => (edges === "wrap" ? row[(x + length) % length] : row[x]) ?? 0;
	return Array.from({ length }, (_, x) => (rule >> (4 * cell(x - 1) + 2 * cell(x) + cell(x + 1))) & 1);
}

/** One step of Gray-Scott, in float64, with the nine-point Laplacian written out. */
export function naiveReaction(
	u: Float64Array,
	v: Float64Array,
	{ width, height }: Size,
	rule: { feed: number; kill: number; spreadU: number; spreadV: number },
	edges: Edges,
): [Float64Array, Float64Array] {
	const pick = (field: Float64Array, x: number, y: number) => {
		const inside = (n: number, size: number) =>
			edges === "wrap" ? (n + size) % size : Math.min(size - 1, Math.max(0, n));
		return field[inside(y, height) * width + inside(x, width)] as number;
	};
	const laplacian = (field: Float64Array, x: number, y: number) => {
		let sum = -pick(field, x, y);
		for (const [dx, dy] of [
			[1, 0],
			[-1, 0],
			[0, 1],
			[0, -1],
		] as const)
			sum += 0.2 * pick(field, x + dx, y + dy);
		for (const [dx, dy] of [
			[1, 1],
			[-1, 1],
			[1, -1],
			[-1, -1],
		] as const)
			sum += 0.05 * pick(field, x + dx, y + dy);
		return sum;
	};
	const nextU = new Float64Array(u.length);
	const nextV = new Float64Array(v.length);
	for (let i = 0; i < u.length; i++) {
		const [x, y] = [i % width, Math.floor(i / width)];
		const [a, b] = [u[i] as number, v[i] as number];
		nextU[i] = a + rule.spreadU * laplacian(u, x, y) - a * b * b + rule.feed * (1 - a);
		nextV[i] = b + rule.spreadV * laplacian(v, x, y) + a * b * b - (rule.feed + rule.kill) * b;
	}
	return [nextU, nextV];
}
