import type { EngineOptions } from "../options.ts";
import { loadRuntime } from "../ort/runtime.ts";
import { obstacle } from "./obstacle.ts";
import type { Trial } from "./probe.ts";
import { probe } from "./probe.ts";
import type { ProviderId } from "./provider.ts";
import { PROVIDERS } from "./table.ts";

/** What is tried unasked. TensorRT takes minutes to build an engine for each shape, Core ML wants fixed shapes. */
const TRIED: readonly ProviderId[] = ["cuda", "dml", "webgpu"];

/** What was tried, and what is used. */
export interface Choice {
	readonly id: ProviderId;
	/** In the order in which they were tried. */
	readonly trials: readonly { readonly id: ProviderId; readonly trial: Trial }[];
}

const choices = new Map<string, Promise<Choice>>();

/** Takes the provider that multiplies matrices fastest, of those that work here. Tried once a process. */
export function choose({ provider: _, ...asked }: EngineOptions): Promise<Choice> {
	const key = JSON.stringify(asked);
	const choice = choices.get(key) ?? measured(asked);
	choices.set(key, choice);
	return choice;
}

async function measured(options: EngineOptions): Promise<Choice> {
	const runtime = loadRuntime(options.library);
	const candidates = TRIED.filter((id) => obstacle(runtime, PROVIDERS[id]) === undefined);
	const trials: { id: ProviderId; trial: Trial }[] = [];
	const attempt = async (id: ProviderId) => trials.push({ id, trial: await probe({ ...options, provider: id }) });
	// One after the other: they would slow each other down.
	for (const id of candidates) await attempt(id);
	if (trials.some(({ trial }) => trial.works)) await attempt("cpu");
	const speed = ({ trial }: (typeof trials)[number]) => (trial.works ? trial.speed : 0);
	const best = trials.reduce<{ id: ProviderId; speed: number }>(
		(best, tried) => (speed(tried) > best.speed ? { id: tried.id, speed: speed(tried) } : best),
		{ id: "cpu", speed: 0 },
	);
	return { id: best.id, trials };
}
