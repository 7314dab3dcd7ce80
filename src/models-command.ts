import { neededUnder } from "./artifacts/needed.ts";
import { ArtifactStore, type FetchProgress } from "./artifacts/store.ts";
import { bytes as inWords } from "./base/bytes.ts";
import { type Config, stateFolder } from "./config.ts";
import type { Catalogue } from "./daemon/catalogue.ts";
import { storeOptions } from "./daemon/supply.ts";
import { adminToken } from "./daemon/token.ts";
import { defaultsOf, paramsOf, valueAt } from "./params/schema.ts";
import { type Arguments, say, Usage } from "./usage.ts";

/** What the commands about models need. */
export interface ModelsCommand {
	readonly config: Config;
	readonly catalogue: Catalogue;
}

/** `mutoscope models …`: the files of pipelines, with or without a daemon. */
export async function runModelsCommand(
	[verb = "list", pipeline, ...rest]: readonly string[],
	{ all = false }: Arguments,
	{ config, catalogue }: ModelsCommand,
): Promise<number> {
	if (rest.length > 0) throw new Usage(`mutoscope models ${verb} does not know what to do with ${rest[0]}.`);
	const store = new ArtifactStore(storeOptions(config));
	if (verb === "list") return list(store, catalogue);
	if (verb !== "download") throw new Usage(`There is no command models ${verb}: list, download.`);
	if (pipeline === undefined) throw new Usage("mutoscope models download needs the name of a pipeline.");
	return download(store, config, catalogue, pipeline, all);
}

function list(store: ArtifactStore, catalogue: Catalogue): number {
	for (const [id, { guest }] of catalogue.pipelines) {
		if (guest.artifacts.length === 0) continue;
		say(id);
		for (const artifact of guest.artifacts) {
			const { state, bytes } = store.look(artifact);
			const length = bytes === undefined ? "" : `  ${inWords(bytes)}`;
			const conditions = Object.entries(artifact.when ?? {}).map(([at, values]) => `${at} is ${values.join(" or ")}`);
			const when = conditions.length > 0 ? `  when ${conditions.join(" and ")}` : "";
			say(`  ${state.padEnd(8)} ${artifact.repo}/${artifact.file}${length}${when}`);
		}
	}
	return 0;
}

async function download(store: ArtifactStore, config: Config, catalogue: Catalogue, id: string, all: boolean) {
	const { artifacts, schema } = catalogue.pipeline(id).guest;
	const params = paramsOf(schema);
	const defaults = defaultsOf(params);
	const turned = (address: string) => {
		const param = params.find((param) => param.address === address);
		return param && valueAt(defaults, param.path);
	};
	const wanted = all ? artifacts : neededUnder(artifacts, turned);
	const stop = new AbortController();
	process.once("SIGINT", () => stop.abort(new Error("It was stopped; what has arrived is kept.")));
	for (const artifact of wanted) {
		const bar = new Bar(`${artifact.repo}/${artifact.file}`);
		await store.fetch(artifact, (progress) => bar.move(progress), stop.signal).finally(() => bar.end());
	}
	await tell(config, id);
	return 0;
}

/** A running daemon, and a session that waits for the files, are told that they are there. */
async function tell(config: Config, pipeline_id: string): Promise<void> {
	const { port } = config.http;
	if (port === 0) return;
	const headers = {
		authorization: `Bearer ${await adminToken(stateFolder(config))}`,
		"content-type": "application/json",
	};
	const body = JSON.stringify({ pipeline_id });
	const signal = AbortSignal.timeout(5000);
	// Nobody needs to be there to hear it.
	await fetch(`http://127.0.0.1:${port}/api/v1/models/download`, { method: "POST", headers, body, signal }).catch(
		() => {},
	);
}

/** One line that moves; on something that is not a terminal, one line an event. */
class Bar {
	readonly #name: string;
	readonly #begun = performance.now();
	#first: number | undefined;
	#stage = "";
	#said = 0;

	constructor(name: string) {
		this.#name = name;
	}

	move({ stage, bytes, total }: FetchProgress): void {
		const { isTTY, columns = 80 } = process.stdout;
		if (stage === "fetching") this.#first ??= bytes;
		const now = performance.now();
		const turned = stage !== this.#stage;
		if (!turned && (!isTTY || now - this.#said < 100)) return;
		[this.#stage, this.#said] = [stage, now];
		const share = total > 0 ? bytes / total : 0;
		if (!isTTY) {
			say(`${this.#name}: ${stage}${total > 0 ? `, ${inWords(total)}` : ""}`);
			return;
		}
		const rate = (bytes - (this.#first ?? bytes)) / Math.max(0.001, (now - this.#begun) / 1000);
		const left = stage === "fetching" && rate > 0 ? `, ${time((total - bytes) / rate)} left` : "";
		const figures = `${(share * 100).toFixed(0).padStart(3)} % of ${inWords(total)}, ${(rate / 1e6).toFixed(1)} MB/s${left}`;
		const text = stage === "fetching" ? figures : stage;
		const room = Math.max(10, columns - text.length - 15);
		const full = Math.round(share * 10);
		const name = this.#name.length > room ? `…${this.#name.slice(1 - room)}` : this.#name;
		process.stdout.write(`\r\x1b[K${"█".repeat(full)}${"░".repeat(10 - full)} ${name} ${text}`);
	}

	end(): void {
		if (process.stdout.isTTY) process.stdout.write("\n");
	}
}

function time(seconds: number): string {
	const minutes = Math.floor(seconds / 60);
	return minutes > 0 ? `${minutes} min` : `${Math.ceil(seconds)} s`;
}
