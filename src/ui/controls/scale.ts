import { fromNorm, type ParamInfo, type ParamValue, toNorm } from "../../client/index.ts";

/** A share of the way over a parameter's range, 0 … 1. */
export function normOf(info: ParamInfo, value: ParamValue): number {
	return Math.min(1, Math.max(0, toNorm(info, value) ?? 0));
}

/** Whether a parameter has a range to travel over. */
export function hasRange({ min, max }: ParamInfo): boolean {
	return min !== undefined && max !== undefined && max > min;
}

/** The smallest change worth making, in the parameter's own unit. */
export function stepOf({ step, type, min, max }: ParamInfo): number {
	if (step !== undefined) return step;
	if (type === "integer") return 1;
	if (min === undefined || max === undefined || max <= min) return 0.01;
	return 10 ** Math.floor(Math.log10((max - min) / 500));
}

/** The value at a share of the way, on a step; exact when `fine`. */
export function valueAt(info: ParamInfo, norm: number, fine = false): number {
	const value = Number(fromNorm(info, norm, info.address));
	return fine ? rounded(value, stepOf(info) / 10) : snapped(info, value);
}

/** A value moved by so many hundredths of the range, at least a step. `fine`: a step exactly. */
export function nudged(info: ParamInfo, value: number, hundredths: number, fine = false): number {
	const step = stepOf(info);
	const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = info;
	const by = Math.sign(hundredths) * step;
	const clamp = (number: number) => Math.min(max, Math.max(min, number));
	if (fine || !hasRange(info)) return clamp(snapped(info, value + by * (fine ? 1 : Math.abs(hundredths))));
	const moved = valueAt(info, Math.min(1, Math.max(0, normOf(info, value) + hundredths / 100)));
	return Math.abs(moved - value) < step / 2 ? clamp(snapped(info, value + by)) : moved;
}

/** A number as it is read at arm's length. */
export function shown(info: ParamInfo, value: ParamValue): string {
	if (typeof value !== "number") return String(value);
	if (info.type === "integer") return String(value);
	return value.toFixed(Math.min(4, decimals(stepOf(info))));
}

/** What a screen reader says of a value. */
export function spoken(info: ParamInfo, value: ParamValue): string {
	return info.unit ? `${shown(info, value)} ${info.unit}` : shown(info, value);
}

function snapped(info: ParamInfo, value: number): number {
	const step = stepOf(info);
	if (info.curve === "log")
		return rounded(value, Math.min(step, 10 ** Math.floor(Math.log10(Math.abs(value) / 200 || step))));
	const { min = 0, max = Number.POSITIVE_INFINITY } = info;
	return Math.min(max, rounded(min + Math.round((value - min) / step) * step, step));
}

/** Without the dust that binary fractions leave. */
function rounded(value: number, step: number): number {
	return Number(value.toFixed(Math.min(12, decimals(step) + 1)));
}

function decimals(step: number): number {
	return Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
}
