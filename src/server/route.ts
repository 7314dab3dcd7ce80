import type * as z from "zod";
import type { Role } from "../control/context.ts";

/** What a route is handed, checked against its schemas. */
export interface Asked<P, Q, B> {
	/** From the path. */
	readonly params: P;
	readonly query: Q;
	readonly body: B;
	/** Proved by the sender; the route's own role at least. */
	readonly role: Role | undefined;
	/** Who changes something, for `ParamStore`: `http:127.0.0.1`. */
	readonly origin: string;
	readonly header: (name: string) => string | undefined;
	/** Where the client reaches us: `http://127.0.0.1:8000`. */
	readonly base: string;
	/** The query as it was sent, to repeat in an address. */
	readonly search: string;
	readonly method: string;
	/** Aborted when the client goes away. */
	readonly signal: AbortSignal;
}

/** An answer of a route, as the reference describes it. */
export interface Answer {
	readonly description: string;
	/** Of a JSON body. */
	readonly schema?: z.ZodType;
	/** Of any other body; `application/json` where there is a schema. */
	readonly type?: string;
}

/** A route: what checks its requests, documents it and answers. */
export interface Route {
	readonly method: "get" | "post" | "put" | "patch" | "delete";
	/** As in OpenAPI: `/api/v1/sessions/{session}`. A last `{address+}` takes the rest of the path. */
	readonly path: string;
	/** Who may use it. */
	readonly role: Role | "anyone";
	/** The heading it stands under. */
	readonly tag: string;
	readonly summary: string;
	/** More than the summary says, in Markdown's plain words. */
	readonly description?: string;
	/** Errors also carry Daydream Scope's `detail`. */
	readonly scope?: boolean;
	readonly params?: z.ZodObject;
	readonly query?: z.ZodObject;
	/** Of a JSON body, or of the text of a body whose media type is among `types`. */
	readonly body?: z.ZodType;
	/** Media types of a body that is not JSON. */
	readonly types?: readonly string[];
	/** Whether a request without a body is the same as one with `{}`. */
	readonly bodyOptional?: boolean;
	/** By status. The first is that of a value which `handle` returns. */
	readonly answers: Readonly<Record<number, Answer>>;
	/** A `Response`, or a value that is sent as JSON. Throws `MutoscopeError`. */
	readonly handle: (asked: Asked<unknown, unknown, unknown>) => unknown;
}

/** Declares a route. Returns what it is given, with the types of its schemas. */
export function route<
	P extends z.ZodObject = z.ZodObject<Record<never, never>>,
	Q extends z.ZodObject = z.ZodObject<Record<never, never>>,
	B extends z.ZodType = z.ZodUndefined,
>(
	definition: Omit<Route, "params" | "query" | "body" | "handle"> & {
		readonly params?: P;
		readonly query?: Q;
		readonly body?: B;
		readonly handle: (asked: Asked<z.output<P>, z.output<Q>, z.output<B>>) => unknown;
	},
): Route {
	return definition as Route;
}
