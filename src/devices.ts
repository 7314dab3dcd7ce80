import { reasonOf } from "./base/errors.ts";
import type { Config } from "./config.ts";
import type { Finding } from "./finding.ts";
import { loadRuntime } from "./inference/ort/runtime.ts";
import { choose } from "./inference/providers/choose.ts";
import type { Trial } from "./inference/providers/probe.ts";
import { probe } from "./inference/providers/probe.ts";
import type { ProviderId } from "./inference/providers/provider.ts";
import { PROVIDERS } from "./inference/providers/table.ts";

/** What to do about a provider that does not work. */
const REMEDIES: Partial<Record<ProviderId, string>> = {
	cuda: "For NVIDIA cards: docs/guide/cuda.md",
	tensorrt: "For NVIDIA cards: docs/guide/cuda.md",
	webgpu: "For any card: its driver for Vulkan; Mesa's has to be 25 or newer.",
};
/** Files that `setup --cuda` fetches. */
const FETCHED = /^libonnxruntime_providers_/;

const NEVER: Trial = { works: false, reason: "it was not tried", missing: [] };

/** Says what models compute on and why, and of each other provider of this system whether it works. */
export async function devices({ provider, ...options }: Config["inference"]): Promise<Finding[]> {
	const what = "Models";
	try {
		const { version } = loadRuntime(options.library);
		const { id, trials } = provider === "auto" ? await choose(options) : { id: provider, trials: [] };
		const ids = (Object.keys(PROVIDERS) as ProviderId[]).filter(
			(one) => one === id || PROVIDERS[one].platforms.includes(process.platform),
		);
		const found: { id: ProviderId; trial: Trial }[] = [];
		for (const one of ids) {
			const tried = trials.find((trial) => trial.id === one);
			found.push(tried ?? { id: one, trial: await probe({ ...options, provider: one }) });
		}
		const picked = found.find((one) => one.id === id)?.trial ?? NEVER;
		const why = provider === "auto" ? "the fastest that works" : "asked for by `inference.provider`";
		const said = `compute on ${PROVIDERS[id].title}, ${why}: ${saying(picked)}; ONNX Runtime ${version}`;
		return [
			picked.works
				? { what, state: "ok", said }
				: { what, state: "missing", said, remedy: remedyOf(id, picked) ?? "Set `inference.provider` to `auto`." },
			...found.filter((one) => one.id !== id).map(({ id, trial }) => other(id, trial)),
		];
	} catch (error) {
		return [{ what, state: "missing", said: reasonOf(error), remedy: "npm ci, or set `inference.library`." }];
	}
}

function other(id: ProviderId, trial: Trial): Finding {
	const finding: Finding = { what: PROVIDERS[id].title, state: "note", said: saying(trial) };
	const remedy = remedyOf(id, trial);
	return remedy === undefined ? finding : { ...finding, remedy };
}

function saying(trial: Trial): string {
	if (!trial.works) return trial.reason;
	const { attention, dtype, speed, passed } = trial;
	const not = passed.length > 0 ? ` (not ${passed.join("; not ")})` : "";
	return `${attention} attention in ${dtype}${not}, ${speed.toFixed(speed < 10 ? 1 : 0)} GFLOP/s`;
}

function remedyOf(id: ProviderId, trial: Trial): string | undefined {
	if (trial.works) return undefined;
	if (trial.reason.endsWith("without it")) return "Another build of ONNX Runtime may have it: `inference.library`.";
	const fetched = trial.missing.some((name) => FETCHED.test(name));
	if (fetched && process.arch === "x64") return "For NVIDIA cards: mutoscope setup --cuda";
	return REMEDIES[id];
}
