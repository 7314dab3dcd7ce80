import type * as z from "zod";
import { MutoscopeError } from "../base/errors.ts";
import type { ClientMessage } from "../protocol/messages.ts";

/** The object that a text says. Throws `request/invalid`. */
export function read(text: string): Readonly<Record<string, unknown>> {
	let said: unknown;
	try {
		said = JSON.parse(text);
	} catch (error) {
		throw new MutoscopeError("request/invalid", { reason: "it is no JSON" }, { cause: error });
	}
	if (typeof said === "object" && said !== null && !Array.isArray(said)) return said as Record<string, unknown>;
	throw new MutoscopeError("request/invalid", { reason: "it is no object" });
}

/** The message that an object is. Throws `request/invalid`, naming the first thing that is wrong. */
export function parse<S extends z.ZodType>(schema: S, said: unknown): z.output<S> {
	const { success, data, error } = schema.safeParse(said);
	if (success) return data;
	const [issue] = error.issues;
	const at = issue?.path.length ? ` at ${issue.path.join(".").slice(0, 100)}` : "";
	throw new MutoscopeError("request/invalid", { reason: `${issue?.message ?? "it is no message"}${at}` });
}

/** What is sent of anything thrown: our own errors as they are, others without a word of what is inside. */
export function bodyOf(error: unknown) {
	return (error instanceof MutoscopeError ? error : new MutoscopeError("server/internal", {})).toJSON();
}

/** What a set or ramp asks of the store. */
export function changesOf(message: Extract<ClientMessage, { op: "set" | "ramp" }>): (readonly [string, unknown])[] {
	if (message.op === "ramp") return [[`${message.address}/ramp`, [message.to, message.s, message.curve]]];
	const { values, ramp } = message;
	const entries = Object.entries(values);
	return ramp ? entries.map(([address, to]) => [`${address}/ramp`, [to, ramp.s, ramp.curve]]) : entries;
}
