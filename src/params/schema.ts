import * as z from "zod";
import { MutoscopeError } from "../base/errors.ts";
import type { Apply, ParamsSchema, When } from "./meta.ts";
import { type Suggestions, suggestions } from "./suggestions.ts";

/** A JSON Schema (draft 2020-12) of an object, as `z.toJSONSchema` writes it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A value of a parameter: a number, a word, yes or no, or a list of numbers. */
export type ParamValue = number | string | boolean | readonly number[];

/** Values of a part, nested as its schema is. Never changed, only replaced. */
export type Values = Readonly<Record<string, unknown>>;

/** One thing that can be turned: a leaf of a schema. */
export interface Param {
	/** Where it stands, relative to its part: `/vace/scale`. */
	readonly address: string;
	/** Further addresses of the same parameter. */
	readonly aliases: readonly string[];
	/** The parameter whose value its list item is called by as well as by its number: `/lora/1/name`. */
	readonly calledBy?: string;
	/** The way to it in the values object. */
	readonly path: readonly (string | number)[];
	readonly type: "number" | "integer" | "boolean" | "string" | "enum" | "numbers" | "trigger";
	/** The value before anyone turned it; `false` of a trigger. */
	readonly default: ParamValue;
	/** Smallest and largest number allowed (of each, in a list); a number without bounds has none. */
	readonly min?: number;
	readonly max?: number;
	readonly step?: number;
	readonly curve?: "linear" | "log";
	/** The words of an `enum`. */
	readonly choices?: readonly string[];
	readonly choicesFrom?: string;
	/** Words that a panel offers for a text. */
	readonly suggestions?: Suggestions;
	/** Fewest and most characters of a `string`, numbers of `numbers`. */
	readonly minLength?: number;
	readonly maxLength?: number;
	/** A number is kept as a multiple of this. */
	readonly multipleOf?: number;
	readonly label: string;
	readonly description?: string;
	readonly unit?: string;
	readonly group?: string;
	readonly widget?: string;
	/** What other parameters of its part must be for it to have an effect. */
	readonly when?: When;
	readonly apply: Apply;
	readonly modulate: boolean;
	readonly readOnly: boolean;
}

/** The JSON Schema of a guest's parameters. This is what travels between processes and to clients. */
export function jsonSchemaOf(schema: ParamsSchema): JsonSchema {
	return z.toJSONSchema(schema, { io: "input" }) as JsonSchema;
}

/** Every parameter of a schema, in its order. Throws `guest/invalid` for what cannot stand at an address. */
export function paramsOf(schema: JsonSchema): Param[] {
	const params = [...leaves(schema, "", [], schema.default, {})];
	const known = new Map(params.map((param) => [param.address, param]));
	for (const { address, when = {} } of params) {
		for (const [other, values] of Object.entries(when)) checkCondition(address, other, values, known.get(other));
	}
	return params;
}

/** The values before anyone turned anything. */
export function defaultsOf(params: readonly Param[]): Values {
	return params.reduce<Values>((values, { path, default: value }) => withValue(values, path, value), {});
}

/** The value at a path, or `undefined`. */
export function valueAt(values: Values, path: readonly (string | number)[]): ParamValue | undefined {
	let at: unknown = values;
	for (const key of path) at = (at as Record<string | number, unknown> | undefined)?.[key];
	return at as ParamValue | undefined;
}

/** The same values with one replaced. What lies beside the path is shared, not copied. */
export function withValue(values: Values, path: readonly (string | number)[], value: ParamValue): Values {
	return replace(values, path, value) as Values;
}

function replace(at: unknown, [key, ...rest]: readonly (string | number)[], value: ParamValue): unknown {
	if (key === undefined) return value;
	if (typeof key === "number") {
		const items = Array.isArray(at) ? [...at] : [];
		items[key] = replace(items[key], rest, value);
		return items;
	}
	const object = (at ?? {}) as Record<string, unknown>;
	return { ...object, [key]: replace(object[key], rest, value) };
}

type Node = Readonly<Record<string, unknown>>;

/** `given`: the default that an object or list above has for this place. `above`: conditions of what it lies in. */
function* leaves(
	node: Node,
	address: string,
	path: readonly (string | number)[],
	given: unknown,
	above: When,
): Generator<Param> {
	for (const [key, child] of Object.entries((node.properties ?? {}) as Record<string, Node>)) {
		const here = `${address}/${(child.address as string | undefined) ?? key}`;
		if (!/^(\/[\w.-]+)+$/.test(here) || key === "__proto__") {
			throw invalid(here, "an address may hold letters, digits, _, - and . only");
		}
		yield* branch(child, here, [...path, key], (given as Node | undefined)?.[key] ?? child.default, above);
	}
}

function* branch(
	node: Node,
	address: string,
	path: readonly (string | number)[],
	given: unknown,
	above: When,
): Generator<Param> {
	const items = node.items as Node | undefined;
	const when: When = { ...above, ...(node.when as When | undefined) };
	if (node.type === "object") {
		yield* leaves(node, address, path, given, when);
	} else if (node.type === "array" && items?.type === "object") {
		const within = { ...when, ...(items.when as When | undefined) };
		for (let i = 0; i < ((node.maxItems as number | undefined) ?? 8); i++) {
			const defaults = (given as readonly unknown[] | undefined)?.[i] ?? items.default;
			for (const param of leaves(items, `${address}/${i + 1}`, [...path, i], defaults, within)) {
				const own = i === 0 && node.itself === param.path.slice(path.length + 1).join("/");
				yield {
					...param,
					aliases: own ? [...param.aliases, address] : param.aliases,
					...defined({
						widget: param.widget ?? (node.widget as string | undefined),
						suggestions: param.suggestions ?? (own ? wordsOf(node) : undefined),
						calledBy: typeof node.calledBy === "string" ? `${address}/${i + 1}/${node.calledBy}` : undefined,
					}),
				};
			}
		}
	} else {
		yield { ...leaf(node, address, path, given), ...(Object.keys(when).length > 0 && { when }) };
	}
}

function leaf(node: Node, address: string, path: readonly (string | number)[], given: unknown): Param {
	const type = typeOf(node, address);
	const bounds = type === "numbers" ? (node.items as Node) : node;
	const choices = node.enum as readonly string[] | undefined;
	const [min, max] = boundsOf(bounds);
	return {
		address,
		aliases: [],
		path,
		type,
		default: (given as ParamValue | undefined) ?? blank(type, min, max, choices),
		label: (node.label as string | undefined) ?? String(path.at(-1)),
		apply: (node.apply as Apply | undefined) ?? "chunk",
		modulate: node.modulate === true,
		readOnly: node.readOnly === true,
		...defined({
			min,
			max,
			minLength: (node.minLength ?? node.minItems) as number | undefined,
			maxLength: (node.maxLength ?? node.maxItems) as number | undefined,
			multipleOf: (bounds.multipleOf ?? (bounds !== node && bounds.type === "integer" ? 1 : undefined)) as
				| number
				| undefined,
			choices,
		}),
		...defined({ ...copied(node), suggestions: wordsOf(node) }),
	};
}

/** What a schema of anybody offers; nothing of it where that is not as it should be. */
function wordsOf({ suggestions: given }: Node): Suggestions | undefined {
	return given === undefined ? undefined : suggestions.safeParse(given).data;
}

function typeOf(node: Node, address: string): Param["type"] {
	if (node.trigger === true) return "trigger";
	if (Array.isArray(node.enum)) {
		if (node.enum.every((choice) => typeof choice === "string")) return "enum";
		throw invalid(address, "a choice must be among words");
	}
	const { type } = node;
	if (type === "number" || type === "integer" || type === "boolean" || type === "string") return type;
	const item = (node.items as Node | undefined)?.type;
	if (type === "array" && (item === "number" || item === "integer")) return "numbers";
	throw invalid(address, "a parameter of this type has no address");
}

function checkCondition(address: string, other: string, values: unknown, param: Param | undefined): void {
	if (!param || !Array.isArray(values))
		throw invalid(address, `it depends on ${other}, which is no parameter beside it`);
	const odd = values.find((value) => param.choices && !param.choices.includes(value as string));
	if (odd !== undefined) throw invalid(address, `it depends on ${other} being ${odd}, which it cannot be`);
}

function invalid(module: string, reason: string): MutoscopeError {
	return new MutoscopeError("guest/invalid", { module, reason });
}

/** Integers get their bounds from zod's safe range; those are none. Bounds that exclude themselves move inwards. */
function boundsOf(node: Node): [number | undefined, number | undefined] {
	const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = node as Record<string, number | undefined>;
	const inwards = node.type === "integer" ? 1 : ((node.step as number | undefined) ?? 1e-6);
	const min = minimum ?? (exclusiveMinimum === undefined ? undefined : exclusiveMinimum + inwards);
	const max = maximum ?? (exclusiveMaximum === undefined ? undefined : exclusiveMaximum - inwards);
	return [min === Number.MIN_SAFE_INTEGER ? undefined : min, max === Number.MAX_SAFE_INTEGER ? undefined : max];
}

function blank(type: Param["type"], min = 0, max = 0, choices: readonly string[] = []): ParamValue {
	if (type === "enum") return choices[0] ?? "";
	if (type === "string") return "";
	if (type === "numbers") return [];
	if (type === "boolean" || type === "trigger") return false;
	return Math.max(min, Math.min(0, max));
}

function copied({ step, curve, unit, group, description, widget, choicesFrom }: Node) {
	return { step, curve, unit, group, description, widget, choicesFrom } as Partial<Param>;
}

function defined<T extends object>(fields: T) {
	const present = Object.entries(fields).filter(([, value]) => value !== undefined);
	return Object.fromEntries(present) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
