import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { LibraryHandle } from "koffi";
import { MutoscopeError, reasonOf } from "../../base/errors.ts";
import { koffi, STACK } from "../../media/native.ts";
import { check } from "./failure.ts";
import { bindFunctions, type OrtFunctions, type Pointer, type Status } from "./functions.ts";

/** The newest `ORT_API_VERSION` that the table of functions was checked against, and the oldest that has opset 24. */
const NEWEST = 30;
const OLDEST = 24;
/** `ORT_LOGGING_LEVEL_FATAL`: what fails is raised as an error, and not written to the terminal as well. */
const QUIET = 4;

/** A loaded library of ONNX Runtime. It stays until the process ends: unloading it under its own threads is not safe. */
export interface Runtime {
	/** Of the library, or the name by which the system found it. */
	readonly path: string;
	/** `1.30.0`. */
	readonly version: string;
	readonly functions: OrtFunctions;
	readonly env: Pointer;
	/** Of host memory. It belongs to the runtime. */
	readonly allocator: Pointer;
	/** Where host memory lies, for outputs that shall lie there. */
	readonly host: Pointer;
	/** Names of the execution providers that were compiled in, whether or not what they need is installed. */
	readonly compiled: readonly string[];
}

/** koffi unloads a library when its handle is collected, whoever still has functions of it. */
const libraries: LibraryHandle[] = [];
const loaded = new Map<string, Runtime>();

/** The library that came with `onnxruntime-node`. */
export function bundledLibrary(): string {
	const names: Partial<Record<NodeJS.Platform, string>> = {
		linux: "libonnxruntime.so.1",
		darwin: "libonnxruntime.1.dylib",
		win32: "onnxruntime.dll",
	};
	const name = names[process.platform];
	if (name === undefined) {
		const reason = "onnxruntime-node has no library for it";
		throw new MutoscopeError("system/unsupported", { feature: "Inference", platform: process.platform, reason });
	}
	const folder = dirname(createRequire(import.meta.url).resolve("onnxruntime-node/package.json"));
	return join(folder, "bin", "napi-v6", process.platform, process.arch, name);
}

/**
 * Loads ONNX Runtime once a process and library. Its telemetry is switched off before.
 *
 * Throws `inference/library` where there is none, or one that is too old.
 */
export function loadRuntime(path: string = bundledLibrary()): Runtime {
	const known = loaded.get(path);
	if (known) return known;
	// Read by the library while it is loaded; children inherit it.
	process.env.ORT_DISABLE_TELEMETRY = "1";
	const { async_stack_size: stack = 0 } = koffi.config();
	if (stack < STACK) {
		const reason = `koffi gives its threads ${stack} bytes of stack, ${STACK} are needed: something called it before us`;
		throw new MutoscopeError("inference/library", { path, reason });
	}
	const { api, version } = open(path);
	const functions = bindFunctions(api);
	const out = new BigUint64Array(1);
	const given = (status: Status): Pointer => {
		check(functions, status);
		return out[0] as Pointer;
	};
	const env = given(functions.CreateEnv(QUIET, "mutoscope", out));
	check(functions, functions.DisableTelemetryEvents(env));
	const allocator = given(functions.GetAllocatorWithDefaultOptions(out));
	const host = given(functions.CreateMemoryInfo("Cpu", 0, 0, 0, out));
	const runtime = { path, version, functions, env, allocator, host, compiled: compiledProviders(functions) };
	loaded.set(path, runtime);
	return runtime;
}

/** Finds `OrtApi` (`OrtGetApiBase` of onnxruntime_c_api.h). */
function open(path: string): { api: Pointer; version: string } {
	let base: Pointer;
	try {
		const library = koffi.load(path);
		libraries.push(library);
		base = library.func("void *OrtGetApiBase()")();
	} catch (error) {
		throw new MutoscopeError("inference/library", { path, reason: reasonOf(error) }, { cause: error });
	}
	const at = (place: number, result: string, takes: string[]) =>
		koffi.decode(koffi.decode(base, place * 8, "void *"), koffi.proto(null, result, takes));
	const version: string = at(1, "const char *", [])();
	const minor = Number(version.split(".")[1]);
	const api: Pointer | null = minor < OLDEST ? null : at(0, "void *", ["uint32_t"])(Math.min(minor, NEWEST));
	if (api === null) {
		const reason = `it is version ${version}, and 1.${OLDEST} or newer is needed`;
		throw new MutoscopeError("inference/library", { path, reason });
	}
	return { api, version };
}

function compiledProviders(functions: OrtFunctions): string[] {
	const names = new BigUint64Array(1);
	const count = new Int32Array(1);
	check(functions, functions.GetAvailableProviders(names, count));
	const [list = 0n] = names;
	const [length = 0] = count;
	const read = Array.from({ length }, (_, i): string => koffi.decode(list, i * 8, "const char *"));
	check(functions, functions.ReleaseAvailableProviders(list, length));
	return read;
}
