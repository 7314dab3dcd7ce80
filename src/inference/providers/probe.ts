import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { reasonOf } from "../../base/errors.ts";
import type { DType } from "../dtype.ts";
import type { EngineOptions } from "../options.ts";
import { loadRuntime } from "../ort/runtime.ts";
import { absentFiles, obstacle } from "./obstacle.ts";
import type { AttentionForm, ProviderId } from "./provider.ts";
import { PROVIDERS } from "./table.ts";

/** What came of trying a provider. */
export type Trial =
	| {
			readonly works: true;
			readonly attention: AttentionForm;
			readonly dtype: DType;
			/** Products and sums of a product of matrices, 10⁹ a second. */
			readonly speed: number;
			/** Better ways of attention that were passed over, and why. */
			readonly passed: readonly string[];
	  }
	| {
			readonly works: false;
			readonly reason: string;
			/** Libraries that have to be installed, by name. */
			readonly missing: readonly string[];
			readonly hint?: string;
	  };

/** What is tried. */
export type Candidate = EngineOptions & { readonly provider: ProviderId };

/** What makes a trial. */
const PROGRAM = fileURLToPath(new URL(`./child.${import.meta.url.endsWith(".ts") ? "ts" : "js"}`, import.meta.url));
/** Seconds for a trial: a first run may compile hundreds of shaders. */
const PATIENCE = 90;
/** Characters of a child's last words that are kept. */
const WORDS = 400;

/** Tries a provider in a process of its own, which it may end, and says what came of it. Never throws. */
export async function probe(candidate: Candidate, program = PROGRAM): Promise<Trial> {
	try {
		const runtime = loadRuntime(candidate.library);
		const entry = PROVIDERS[candidate.provider];
		const reason = obstacle(runtime, entry);
		if (reason === undefined) return await apart(candidate, program);
		const compiled = runtime.compiled.includes(entry.compiled);
		return { works: false, reason, missing: compiled ? absentFiles(runtime, entry) : [] };
	} catch (error) {
		return { works: false, reason: reasonOf(error), missing: [] };
	}
}

function apart(candidate: Candidate, program: string): Promise<Trial> {
	const { promise, resolve } = Promise.withResolvers<Trial>();
	const child = fork(program, [JSON.stringify(candidate)], { stdio: ["ignore", "ignore", "pipe", "ipc"] });
	const failed = (reason: string) => resolve({ works: false, reason, missing: [] });
	let words = "";
	child.stderr?.setEncoding("utf8").on("data", (text: string) => {
		words = (words + text).slice(-WORDS);
	});
	const timer = setTimeout(() => {
		child.kill("SIGKILL");
		failed(`its trial did not end within ${PATIENCE} s`);
	}, PATIENCE * 1000);
	child.once("message", (trial: Trial) => resolve(trial));
	child.once("error", (error) => failed(reasonOf(error)));
	child.once("close", (code, signal) => {
		clearTimeout(timer);
		failed(`its trial ended with ${signal ?? `exit code ${code}`}: ${words.trim() || "it said nothing"}`);
	});
	return promise;
}
