import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, isAbsolute } from "node:path";
import koffi from "koffi";
import { MutoscopeError, reasonOf } from "mutoscope/sdk";
import { type NdiConfig, ndiConfig } from "./config.ts";
import { bind, type Functions } from "./functions.ts";
import { candidates, type Machine, packageOf } from "./locate.ts";
import { type Settled, settle } from "./settings.ts";

/** Where the runtime is to be had. */
const REMEDY: Partial<Record<NodeJS.Platform, string>> = {
	win32: "https://ndi.link/NDIRedistV6",
	darwin: "https://ndi.link/NDIRedistV6Apple",
};

/** NDI's library, loaded into this process. */
export class Runtime {
	readonly functions: Functions;
	/** As the library says it: `NDI SDK LINUX … 6.3.2.0`. */
	readonly version: string;
	readonly config: NdiConfig;
	#users = 0;
	#settled: Settled | undefined;

	/** Throws if the library is none of NDI's. */
	constructor(path: string, config: NdiConfig) {
		this.functions = bind(koffi.load(path));
		this.version = this.functions.version();
		this.config = config;
	}

	/** Starts it for the first that uses it; it ends when the last has disposed of what it got. Throws `bridge/unavailable`. */
	enter(): Disposable {
		if (this.#users === 0) {
			this.#settled = settle(this.config);
			if (!this.functions.initialize())
				throw unavailable(`the runtime does not run on this processor (${this.version})`);
		}
		this.#users++;
		let left = false;
		return {
			[Symbol.dispose]: () => {
				if (left) return;
				left = true;
				if (--this.#users > 0) return;
				// Threads that it leaves behind at the end of a process sometimes crash it.
				this.functions.destroy();
				this.#settled?.[Symbol.dispose]();
			},
		};
	}
}

let loaded: Runtime | undefined;

/** Finds and loads the runtime, once in a process. Throws `bridge/unavailable` with how to get it, and `config/invalid`. */
export function loadRuntime(settings: Readonly<Record<string, unknown>>): Runtime {
	const parsed = ndiConfig.safeParse(settings);
	if (!parsed.success) throw new MutoscopeError("config/invalid", { path: "ndi", reason: reasonOf(parsed.error) });
	loaded ??= search(parsed.data);
	return loaded;
}

function search(config: NdiConfig): Runtime {
	const failures: string[] = [];
	for (const path of candidates(machine(), config.library)) {
		if (isAbsolute(path) && !existsSync(path)) continue;
		try {
			return new Runtime(path, config);
		} catch (error) {
			if (isAbsolute(path)) failures.push(`${path} cannot be used (${reasonOf(error)}${lacking(error)})`);
		}
	}
	if (failures.length > 0) throw unavailable(failures.join("; "));
	if (config.library !== undefined) throw unavailable(`there is no NDI library at ${config.library}`);
	const site = REMEDY[process.platform] ?? "https://ndi.video/for-developers/ndi-sdk/";
	throw unavailable(`no NDI runtime was found; get it at ${site}, or run npm install ${packageOf(process)}`);
}

/** The one thing that the runtime for Linux needs and Debian does not always have. */
function lacking(error: unknown): string {
	return reasonOf(error).includes("libavahi") ? "; run apt-get install libavahi-client3" : "";
}

function machine(): Machine {
	const { resolve } = createRequire(import.meta.url);
	return {
		platform: process.platform,
		arch: process.arch,
		env: process.env,
		packageFolder(name) {
			try {
				return dirname(resolve(`${name}/package.json`));
			} catch {
				return undefined; // it is not installed
			}
		},
	};
}

/** NDI cannot work here, for this reason. */
export function unavailable(reason: string): MutoscopeError {
	return new MutoscopeError("bridge/unavailable", { bridge: "NDI®", reason });
}
