import { MutoscopeError } from "../base/errors.ts";
import type { Param, ParamValue } from "./schema.ts";

/** What is needed of a parameter to read, clamp and scale its values; that of `ParamInfo` will do. */
export interface Ranged {
	readonly address: string;
	readonly type: Param["type"];
	readonly min?: number | undefined;
	readonly max?: number | undefined;
	readonly step?: number | undefined;
	readonly curve?: "linear" | "log" | undefined;
	readonly choices?: readonly string[] | undefined;
	readonly minLength?: number | undefined;
	readonly maxLength?: number | undefined;
	readonly multipleOf?: number | undefined;
}

/**
 * A value as a parameter keeps it.
 *
 * Numbers, yes and no stand for one another as surfaces need it; a number picks a word by its place. A number out of
 * range is clamped. Throws `param/invalid` for everything that cannot be meant.
 */
export function coerce(param: Ranged, raw: unknown, address: string = param.address): ParamValue {
	const refuse = (reason: string) => new MutoscopeError("param/invalid", { address, value: show(raw), reason });
	switch (param.type) {
		case "number":
		case "integer": {
			const number = numberFrom(raw);
			if (number === undefined) throw refuse("it must be a number");
			return clampInto(param, number);
		}
		case "boolean":
		case "trigger": {
			if (raw === null && param.type === "trigger") return true;
			const number = numberFrom(raw);
			if (number === undefined) throw refuse("it must be true or false");
			return number >= 0.5;
		}
		case "enum": {
			const choices = param.choices ?? [];
			if (typeof raw === "string" && choices.includes(raw)) return raw;
			const number = typeof raw === "string" ? undefined : numberFrom(raw);
			const choice = number === undefined ? undefined : choices[Math.round(number)];
			if (choice === undefined) throw refuse(`it must be one of ${choices.join(", ")}`);
			return choice;
		}
		case "string": {
			if (typeof raw !== "string") throw refuse("it must be text");
			const { minLength = 0, maxLength = 10_000 } = param;
			if (raw.length > maxLength) throw refuse(`it is longer than ${maxLength} characters`);
			if (raw.length < minLength) throw refuse(`it is shorter than ${minLength} characters`);
			return raw;
		}
		case "numbers": {
			const items = Array.isArray(raw) ? raw : [raw];
			const { minLength = 0, maxLength = 64 } = param;
			if (items.length > maxLength) throw refuse(`it has more than ${maxLength} numbers`);
			if (items.length < minLength) throw refuse(`it has fewer than ${minLength} numbers`);
			return items.map((item) => {
				const number = numberFrom(item);
				if (number === undefined) throw refuse("it must be a list of numbers");
				return clampInto(param, number);
			});
		}
	}
}

/** A value as 0 … 1 over the parameter's range, or `undefined` where it has none. */
export function toNorm(param: Ranged, value: ParamValue): number | undefined {
	if (param.type === "boolean") return value === true ? 1 : 0;
	const range = rangeOf(param);
	if (!range) return undefined;
	const [min, max] = range;
	const number = param.type === "enum" ? (param.choices?.indexOf(String(value)) ?? 0) : Number(value);
	if (max === min) return 0;
	return param.curve === "log" && min > 0 ? Math.log(number / min) / Math.log(max / min) : (number - min) / (max - min);
}

/** The value at 0 … 1 of the parameter's range. Throws `param/invalid` where it has none. */
export function fromNorm(param: Ranged, raw: unknown, address: string): ParamValue {
	const norm = numberFrom(raw);
	const range = rangeOf(param);
	if (norm === undefined || (!range && param.type !== "boolean")) {
		const reason = norm === undefined ? "it must be a number from 0 to 1" : "it has no range";
		throw new MutoscopeError("param/invalid", { address, value: show(raw), reason });
	}
	if (!range) return norm >= 0.5;
	const [min, max] = range;
	const share = Math.min(1, Math.max(0, norm));
	const number = param.curve === "log" && min > 0 ? min * (max / min) ** share : min + share * (max - min);
	return coerce(param, param.type === "enum" ? Math.round(number) : number, address);
}

/** Whether a number in `raw` lies outside what the parameter allows, so that `coerce` moves it. */
export function outOfRange({ min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY }: Ranged, raw: unknown) {
	const outside = (item: unknown) => {
		const number = numberFrom(item);
		return number !== undefined && (number < min || number > max);
	};
	return Array.isArray(raw) ? raw.some(outside) : outside(raw);
}

/** Whether a parameter is a single number that can travel: only these have `/ramp`. */
export function isNumeric(param: Ranged): boolean {
	return param.type === "number" || param.type === "integer";
}

/** Whether two values are the same one. */
export function sameValue(a: ParamValue | undefined, b: ParamValue | undefined): boolean {
	if (a === b) return true;
	return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => item === b[i]);
}

function rangeOf(param: Ranged): [number, number] | undefined {
	if (param.type === "enum") return [0, (param.choices?.length ?? 1) - 1];
	return isNumeric(param) && param.min !== undefined && param.max !== undefined ? [param.min, param.max] : undefined;
}

function numberFrom(raw: unknown): number | undefined {
	if (typeof raw === "boolean") return raw ? 1 : 0;
	const number = typeof raw === "bigint" ? Number(raw) : raw;
	return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

function clampInto(param: Ranged, number: number): number {
	const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = param;
	const unit = param.multipleOf ?? (param.type === "integer" ? 1 : undefined);
	if (unit === undefined) return Math.min(max, Math.max(min, number));
	const count = Math.min(Math.floor(max / unit), Math.max(Math.ceil(min / unit), Math.round(number / unit)));
	return Number((count * unit).toPrecision(15)); // 3 × 0.1 is 0.3
}

function show(raw: unknown): string {
	const short = typeof raw === "string" ? raw.slice(0, 80) : raw;
	const plain = (_: string, value: unknown) => (typeof value === "bigint" ? String(value) : value);
	const text = typeof raw === "bigint" ? String(raw) : (JSON.stringify(short, plain) ?? String(raw));
	return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
