import type { EngineOptions } from "./options.ts";

/** The variable by which the daemon tells its children what its config file says about inference, as JSON. */
export const VARIABLE = "MUTOSCOPE_INFERENCE";

/** What is asked for, and what the config file says where nothing is asked for. */
export function withConfigured(asked: EngineOptions, env: NodeJS.ProcessEnv = process.env): EngineOptions {
	const said = JSON.parse(env[VARIABLE] ?? "{}") as EngineOptions;
	return { ...said, ...asked, options: { ...said.options, ...asked.options } };
}
