import * as z from "zod";
import { MutoscopeError } from "../../base/errors.ts";
import type { ParamStore } from "../../params/store.ts";
import { paramInfoOf } from "../../protocol/info.ts";
import type { Applied, Backend } from "../backend.ts";
import { type Route, route } from "../route.ts";
import { address, applied, input, param, ramp, value, wait } from "../schemas.ts";

/** How long an answer waits for a change to show. */
const WAIT_MS = 5000;

const values = z.record(address, input);
const changes = z.object({ values, ramp: ramp.optional() });
const op = z.discriminatedUnion("op", [
	z.object({ op: z.literal("set"), values, ramp: ramp.optional() }),
	z.object({ op: z.literal("ramp"), address, to: z.number(), ...ramp.shape }),
]);
const at = z.object({
	address: z.string().max(256).describe("The address without its first slash: `main/vace/scale`."),
});
const answers = {
	200: { description: "Kept.", schema: applied },
	202: { description: "Kept; after 5 s it did not show yet.", schema: applied },
};

type Change = readonly [string, unknown];

/** Who asks for a change, and how. */
interface Asking {
	readonly query: z.output<typeof wait>;
	readonly origin: string;
	readonly signal: AbortSignal;
	readonly header: (name: string) => string | undefined;
}

/** What can be turned: the parameters of every session. */
export function paramRoutes(backend: Backend): Route[] {
	const { store } = backend;
	const change = async (changes: readonly Change[], { query, origin, signal, header }: Asking) => {
		check(store, changes, header("if-match"));
		const waits = query.wait !== undefined;
		const wait = waits ? AbortSignal.any([signal, AbortSignal.timeout(WAIT_MS)]) : undefined;
		return answer(await backend.setParams(changes, origin, wait), waits);
	};
	return [
		route({
			method: "get",
			path: "/api/v1/params",
			role: "viewer",
			tag: "Parameters",
			summary: "All parameters and their values",
			query: z.object({ path: z.string().max(256).optional().describe("Only what stands below: `/main/vace`.") }),
			answers: {
				200: {
					description: "The `ETag` is the revision in which the newest of these changed.",
					schema: z.object({ rev: z.int(), tree: z.array(param), values: z.record(z.string(), value) }),
				},
			},
			handle: ({ query }) => {
				const found = listed(store, query.path ?? "");
				return tagged(Math.max(store.structure, store.changed(Object.keys(found.values))), found);
			},
		}),
		route({
			method: "get",
			path: "/api/v1/params/{address+}",
			role: "viewer",
			tag: "Parameters",
			summary: "One parameter and its value",
			params: at,
			answers: {
				200: {
					description: "A `…/norm` address has a value only. The `ETag` is the revision in which it changed.",
					schema: z.object({ rev: z.int(), address: z.string(), value, param: param.optional() }),
				},
			},
			handle: ({ params }) => {
				const found = store.find(`/${params.address}`);
				const address = found?.address ?? `/${params.address}`;
				const info = found && { param: paramInfoOf(found) };
				const value = store.get(address);
				return tagged(store.changed([address]), { rev: store.revision, address, value, ...info });
			},
		}),
		route({
			method: "put",
			path: "/api/v1/params/{address+}",
			role: "operator",
			tag: "Parameters",
			summary: "Set one parameter",
			description: "With `If-Match` only if it has not changed since that revision.",
			params: at,
			query: wait,
			body: z.object({ value: input, ramp: ramp.optional() }),
			answers,
			handle: ({ params, body, ...asking }) => change([travel(`/${params.address}`, body.value, body.ramp)], asking),
		}),
		route({
			method: "patch",
			path: "/api/v1/params",
			role: "operator",
			tag: "Parameters",
			summary: "Set any number of parameters, all or none",
			description: "They land in one chunk. With `If-Match` only if none of them changed since that revision.",
			query: wait,
			body: changes,
			answers,
			handle: ({ body, ...asking }) => {
				const changes = Object.entries(body.values).map(([address, raw]) => travel(address, raw, body.ramp));
				return change(changes, asking);
			},
		}),
		route({
			method: "post",
			path: "/api/v1/params/batch",
			role: "operator",
			tag: "Parameters",
			summary: "Sets and ramps in one chunk",
			description: "As the WebSocket's `batch`. All are kept, or none.",
			query: wait,
			body: z.object({ ops: z.array(op).min(1).max(256) }),
			answers,
			handle: ({ body, ...asking }) => change(body.ops.flatMap(changesOf), asking),
		}),
	];
}

function changesOf(wanted: z.output<typeof op>): Change[] {
	if (wanted.op === "ramp") return [travel(wanted.address, wanted.to, wanted)];
	return Object.entries(wanted.values).map(([address, raw]) => travel(address, raw, wanted.ramp));
}

function travel(address: string, raw: unknown, ramp: z.output<typeof changes>["ramp"]): Change {
	return ramp ? [`${address}/ramp`, [raw, ramp.s, ramp.curve]] : [address, raw];
}

/** The answer to a change; 202 when somebody waited for the frame and it is not there yet. */
export function answer(result: Applied, waited: boolean): Response {
	const { rev, clamped, frames } = result;
	const headers = { ETag: `"${rev}"` };
	return Response.json({ rev, clamped, ...(frames && { frames }) }, { status: waited && !frames ? 202 : 200, headers });
}

/** A tag of any answer will do: it stands for everything that had happened until then. */
function check(store: ParamStore, changes: readonly Change[], match: string | undefined): void {
	if (match === undefined || match.trim() === "*") return;
	const known = match.split(",").map((tag) => Number(/^(?:W\/)?"(\d+)"$/.exec(tag.trim())?.[1] ?? Number.NaN));
	const revision = store.changed(changes.map(([address]) => address));
	const isFresh = known.some((seen) => seen >= revision && seen <= store.revision);
	if (!isFresh) throw new MutoscopeError("param/stale", { revision });
}

function listed(store: ParamStore, path: string) {
	const below = path === "" || path === "/" ? "/" : `${path.replace(/\/$/, "")}/`;
	const home = store.find(path)?.address;
	const tree = store
		.list()
		.filter(({ address }) => address === home || `${address}/`.startsWith(below))
		.map(paramInfoOf);
	const values = Object.fromEntries(tree.map(({ address }) => [address, store.get(address)]));
	return { rev: store.revision, tree, values };
}

function tagged(revision: number, body: unknown): Response {
	return Response.json(body, { headers: { ETag: `"${revision}"` } });
}
