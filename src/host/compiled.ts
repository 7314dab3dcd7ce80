import { homedir } from "node:os";
import { join } from "node:path";

/**
 * Where compiled code is kept between starts, as Node reads it from a process's environment: a process is back sooner, and
 * is smaller, since it need not strip types from what it loads.
 */
export function compiledCache(env: NodeJS.ProcessEnv): { readonly NODE_COMPILE_CACHE: string } {
	const cache = env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
	return { NODE_COMPILE_CACHE: env.NODE_COMPILE_CACHE ?? join(cache, "mutoscope", "compiled") };
}
