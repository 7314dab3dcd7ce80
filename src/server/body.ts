import type * as z from "zod";
import { MutoscopeError } from "../base/errors.ts";
import type { Route } from "./route.ts";

/** Most bytes of a body. */
const LIMIT = 1024 * 1024;

/**
 * The body of a request, read within bounds and checked. Nothing is parsed before its type and size are known to be fine.
 *
 * Throws `request/type`, `request/too-large`, `request/malformed`, `request/invalid-field`.
 */
export async function readBody(request: Request, { body, types, bodyOptional }: Route): Promise<unknown> {
	const type = request.headers.get("content-type")?.split(";", 1)[0]?.trim().toLowerCase();
	const expected = types ?? ["application/json"];
	const announced = request.headers.has("transfer-encoding")
		? undefined
		: (request.headers.get("content-length") ?? "0");
	// Node hands out a body also for a request that announced none.
	const empty = request.body === null || announced === "0";
	const absent = empty && (!body || bodyOptional === true);
	if (!(type === undefined ? absent : expected.includes(type))) {
		throw new MutoscopeError("request/type", {
			type: (type ?? "nothing").slice(0, 100),
			expected: expected.join(" or "),
		});
	}
	if (!body) return undefined;
	const text = await readText(request);
	if (types) return checked(body, text, "body");
	if (text === "" && bodyOptional) return checked(body, {}, "body");
	let json: unknown;
	try {
		json = JSON.parse(text);
	} catch (error) {
		throw new MutoscopeError("request/malformed", { reason: "the body is not JSON" }, { cause: error });
	}
	return checked(body, json, "body");
}

/** What a schema makes of a value. Throws `request/invalid-field`, naming the first field that is wrong. */
export function checked(schema: z.ZodType, value: unknown, name: string): unknown {
	const parsed = schema.safeParse(value);
	if (parsed.success) return parsed.data;
	const [issue] = parsed.error.issues;
	const field = [name, ...(issue?.path ?? [])].join(".").slice(0, 200);
	throw new MutoscopeError("request/invalid-field", { field, reason: issue?.message ?? "it does not fit" });
}

async function readText(request: Request): Promise<string> {
	const tooLarge = new MutoscopeError("request/too-large", { limit: LIMIT });
	if (Number(request.headers.get("content-length") ?? 0) > LIMIT) throw tooLarge;
	const decoder = new TextDecoder("utf-8", { fatal: true });
	let text = "";
	let bytes = 0;
	try {
		for await (const chunk of request.body ?? []) {
			bytes += chunk.length;
			if (bytes > LIMIT) throw tooLarge;
			text += decoder.decode(chunk, { stream: true });
		}
		return text + decoder.decode();
	} catch (error) {
		if (error === tooLarge) throw error;
		throw new MutoscopeError("request/malformed", { reason: "the body is cut off or not UTF-8" }, { cause: error });
	}
}
