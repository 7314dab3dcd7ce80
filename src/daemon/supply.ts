import type { StoreOptions } from "../artifacts/store.ts";
import type { Log } from "../base/log.ts";
import { type Config, modelsFolder } from "../config.ts";
import { defaultsOf, paramsOf, valueAt } from "../params/schema.ts";
import type { ParamStore } from "../params/store.ts";
import type { Catalogue } from "./catalogue.ts";
import { LoraFolder } from "./loras.ts";
import { Models } from "./models.ts";
import type { Sessions } from "./sessions.ts";
import type { Show } from "./show.ts";

/** What the supply is made of. */
export interface SupplyParts {
	readonly config: Config;
	readonly catalogue: Catalogue;
	readonly store: ParamStore;
	readonly sessions: Sessions;
	readonly log: Log;
}

/** Where files are fetched from and put, as config and environment say. Tokens are never kept. */
export function storeOptions(config: Config, env: NodeJS.ProcessEnv = process.env): StoreOptions {
	const { endpoints, civitai, patience, connections: lanes } = config.models;
	const hubs = endpoints.length > 0 ? endpoints : [env.HF_ENDPOINT ?? "https://huggingface.co"];
	const hub = env.HF_TOKEN ?? env.HUGGING_FACE_HUB_TOKEN;
	const other = env.CIVITAI_TOKEN ?? env.CIVITAI_API_TOKEN;
	const tokens = [
		...(hub ? hubs.map((endpoint) => [new URL(endpoint).hostname, hub] as const) : []),
		...(other ? [[new URL(civitai).hostname, other] as const] : []),
	];
	const sources = { endpoints: hubs, civitai, tokens: Object.fromEntries(tokens), patience };
	return { root: modelsFolder(config, env), sources, transfer: { lanes } };
}

/**
 * The full address of a parameter of a pipeline where it is in use: it plays, or is a stage that is on; else of a stage that
 * is off. `undefined` where it is nowhere.
 */
export function turnedAt(
	shows: Iterable<Pick<Show, "pipeline" | "at">>,
	store: Pick<ParamStore, "find" | "get">,
	pipeline: string,
	address: string,
): string | undefined {
	const all = [...shows];
	const stages = all.map((show) => show.at(`/stage/${pipeline}`)).filter((at) => store.find(`${at}/enabled`));
	const on = stages.filter((at) => store.get(`${at}/enabled`) === true);
	const playing = all.filter((show) => show.pipeline === pipeline).map((show) => show.at(""));
	return [...playing, ...on, ...stages].map((at) => `${at}${address}`).find((full) => store.find(full));
}

/** The files of pipelines, and LoRA files, as the daemon offers them. */
export function supply({ config, catalogue, store, sessions, log }: SupplyParts) {
	const options = storeOptions(config);
	const models = new Models({
		store: options,
		log,
		artifacts: (pipeline) => catalogue.pipeline(pipeline).guest.artifacts,
		valueAt(pipeline, address) {
			const full = turnedAt(sessions, store, pipeline, address);
			if (full !== undefined) return store.get(full);
			const params = paramsOf(catalogue.pipeline(pipeline).guest.schema);
			const param = params.find((param) => param.address === address);
			return param && valueAt(defaultsOf(params), param.path);
		},
		ready(pipeline) {
			for (const show of sessions) show.retry(pipeline);
		},
	});
	const artifacts = () => [...catalogue.pipelines.values()].flatMap(({ guest }) => guest.artifacts);
	return { models, loras: new LoraFolder(options, artifacts) };
}
