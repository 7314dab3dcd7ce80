import * as z from "zod";
import { MutoscopeError } from "../../base/errors.ts";
import { scopeChanges } from "../../control/scope.ts";
import { scopeParameters } from "../../control/scope-names.ts";
import type { SessionStatus } from "../../protocol/messages.ts";
import type { Backend } from "../backend.ts";
import { type Route, route } from "../route.ts";
import { chainOf } from "../scope-chain.ts";
import { scopeLoras, scopeSchema } from "../scope-names.ts";
import { picture } from "./pictures.ts";
import { scopeMachineRoutes } from "./scope-machine.ts";
import { sessionNamed } from "./sessions.ts";

const parameters = z.record(z.string(), z.unknown());
const load = z.looseObject({
	pipelines: z
		.array(z.looseObject({ pipeline_id: z.string(), load_params: parameters.nullish() }))
		.max(16)
		.optional(),
	pipeline_ids: z.array(z.string()).max(16).optional(),
	pipeline_id: z.string().optional().describe("As older clients send it."),
	load_params: parameters.nullish(),
});
const start = z.looseObject({
	pipeline_id: z.string().nullish(),
	prompts: z.unknown().optional(),
	input_mode: z.string().optional(),
	input_source: z.unknown().optional(),
	parameters: parameters.nullish(),
});

/** The session that Scope's clients mean: they know only one. */
/** Scope's four states: of the pipeline that is chosen, which need not be the one that plays yet. */
function loadState({ state, pipeline, playing, loading, reason }: SessionStatus) {
	if (state === "stopped") return "not_loaded";
	if (state === "quarantined") return "error";
	if (loading || state !== "running") return reason && !loading && playing === "" ? "error" : "loading";
	return playing === pipeline ? "loaded" : reason ? "error" : "loading";
}

function home(backend: Backend) {
	return sessionNamed(backend, backend.sessions()[0]?.name ?? "main");
}

/** Daydream Scope's routes that steer what is shown; the names and shapes are Scope's. */
export function scopeRoutes(backend: Backend): Route[] {
	const { store } = backend;
	const shared = { tag: "Daydream Scope", scope: true } as const;
	const read = { ...shared, method: "get", role: "viewer" } as const;
	const write = { ...shared, method: "post", role: "operator" } as const;
	const turn = async (wanted: Readonly<Record<string, unknown>>, origin: string) => {
		const takes = (address: string) => store.takes(address);
		const { changes } = scopeChanges(wanted, `/${home(backend).name}`, takes);
		if (changes.length > 0) await backend.setParams(changes, origin);
	};
	const choose = async (id: string, params: Readonly<Record<string, unknown>>, origin: string) => {
		if (!backend.pipelines().some((pipeline) => pipeline.id === id)) {
			throw new MutoscopeError("pipeline/unknown", { pipeline: id });
		}
		await backend.setParams([[`/${home(backend).name}/session/pipeline`, id]], origin);
		await turn(params, origin);
	};
	return [
		route({
			...read,
			path: "/api/v1/pipelines/schemas",
			summary: "All pipelines in Scope's shape",
			answers: { 200: { description: "By id.", schema: z.object({ pipelines: z.record(z.string(), parameters) }) } },
			handle: () => ({
				pipelines: Object.fromEntries(backend.pipelines().map((offer) => [offer.id, scopeSchema(offer)])),
			}),
		}),
		route({
			...read,
			path: "/api/v1/pipeline/status",
			summary: "The pipeline of the first session",
			answers: { 200: { description: "Loaded, loading, or why not.", schema: parameters } },
			handle: () => {
				const session = home(backend);
				const { pipeline, name, reason, loading } = session;
				const status = loadState(session);
				return {
					status,
					pipeline_id: pipeline,
					load_params: scopeParameters(store, name),
					loaded_lora_adapters: scopeLoras(store, name),
					error: status === "error" ? (reason ?? "it keeps failing") : null,
					loading_stage: status === "loading" ? (loading?.stage ?? "Initializing pipeline…") : null,
					loading_percentage: status === "loading" ? Math.round(100 * (loading?.fraction ?? 0)) : null,
					produces_video: true,
					produces_audio: false,
				};
			},
		}),
		route({
			...write,
			path: "/api/v1/pipeline/load",
			summary: "Choose the pipeline of the first session",
			description:
				"Answers at once; `pipeline/status` says when it is there. Of several, those that are pre- or postprocessors are switched on as stages.",
			body: load,
			answers: { 200: { description: "It is loading.", schema: z.object({ message: z.string() }) } },
			handle: async ({ body, origin }) => {
				const older = body.pipeline_id === undefined ? [] : [body.pipeline_id];
				const ids = body.pipelines?.map(({ pipeline_id }) => pipeline_id) ?? body.pipeline_ids ?? older;
				const chain = chainOf(ids, backend.pipelines());
				const given = (id: string) =>
					body.pipelines?.find(({ pipeline_id }) => pipeline_id === id)?.load_params ?? undefined;
				await choose(chain.main, given(chain.main) ?? body.load_params ?? {}, origin);
				await backend.setParams(chain.changes(`/${home(backend).name}`, given), origin);
				return { message: "Pipeline loading initiated successfully" };
			},
		}),
		route({
			...read,
			path: "/api/v1/session/parameters",
			summary: "Parameters by Scope's names",
			answers: { 200: { description: "Of the first session.", schema: z.object({ parameters }) } },
			handle: () => ({ parameters: scopeParameters(store, home(backend).name) }),
		}),
		route({
			...write,
			path: "/api/v1/session/parameters",
			summary: "Set parameters by Scope's names",
			description: "Only what is sent changes. Keys that lead nowhere are passed over.",
			body: parameters,
			answers: {
				200: {
					description: "They show from the next chunk.",
					schema: z.object({ status: z.literal("ok"), applied_parameters: parameters }),
				},
			},
			handle: async ({ body, origin }) => {
				if (Object.keys(body).length === 0)
					throw new MutoscopeError("request/malformed", { reason: "no parameter is named" });
				await turn(body, origin);
				return { status: "ok", applied_parameters: body };
			},
		}),
		route({
			...write,
			path: "/api/v1/session/start",
			summary: "Play",
			body: start,
			bodyOptional: true,
			answers: { 200: { description: "It plays.", schema: parameters } },
			handle: async ({ body, origin }) => {
				if (body.graph !== undefined && body.graph !== null) {
					throw new MutoscopeError("request/invalid-field", { field: "graph", reason: "graphs are not there yet" });
				}
				const { pipeline_id, input_mode = "text", prompts, input_source, parameters } = body;
				if (pipeline_id) await choose(pipeline_id, {}, origin);
				await turn({ ...parameters, prompts, input_source, paused: false }, origin);
				return { status: "started", input_mode, cloud_mode: false, pipeline_id: home(backend).pipeline };
			},
		}),
		route({
			...write,
			path: "/api/v1/session/stop",
			summary: "Pause",
			answers: {
				200: { description: "It holds its picture.", schema: z.object({ status: z.string(), message: z.string() }) },
			},
			handle: async ({ origin }) => {
				await turn({ paused: true }, origin);
				return { status: "stopped", message: "The session is paused." };
			},
		}),
		route({
			...read,
			path: "/api/v1/session/frame",
			summary: "The picture that the first session shows now, as JPEG",
			query: z.object({
				quality: z.coerce.number().int().min(1).max(100).default(85),
				sink_node_id: z.string().optional(),
			}),
			answers: { 200: { description: "The picture.", type: "image/jpeg" } },
			handle: async ({ query, signal }) => {
				const still = await backend.still(home(backend).name, { format: "jpeg", quality: query.quality }, signal);
				return picture(still, "image/jpeg");
			},
		}),
		...scopeMachineRoutes(backend),
	];
}
