import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { extname } from "node:path";
import { setImmediate, setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { compiledCache } from "./compiled.ts";

/** Variables that a child inherits. Everything else may be a secret. */
const INHERITED =
	/^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_\w+|TZ|TMPDIR|TMP|TEMP|CI|DISPLAY|WAYLAND_DISPLAY|XAUTHORITY|DBUS_SESSION_BUS_ADDRESS|XDG_\w+|PIPEWIRE_\w+|PULSE_\w+|LD_LIBRARY_PATH|DYLD_LIBRARY_PATH|CUDA_\w+|VK_\w+|MESA_\w+|NVIDIA_\w+|HIP_\w+|ROCR_\w+|NDI_RUNTIME_DIR_\w+|NDI_CONFIG_DIR|SYSTEMROOT|WINDIR|COMSPEC|PATHEXT|APPDATA|LOCALAPPDATA|PROGRAMDATA|PROGRAMFILES|USERPROFILE|NUMBER_OF_PROCESSORS|PROCESSOR_ARCHITECTURE)$/i;

/** Seconds to wait for the last words of a child that is dead. */
const LAST_WORDS = 0.1;

/** What a child is given of the environment: what it needs to find the machine, and nothing of the daemon's. */
export function childEnvironment(env: NodeJS.ProcessEnv, extra: Readonly<Record<string, string>> = {}) {
	const inherited = Object.entries(env).filter(([name]) => INHERITED.test(name));
	return {
		...Object.fromEntries(inherited),
		// Readers of rings and koffi's calls wait on this pool; four threads would be used up by four rings.
		UV_THREADPOOL_SIZE: "16",
		// Copies of large frames go past the caches, which they would only fill: a third less time for each. Without this
		// glibc waits for copies as large as the cache that a machine claims to have; a virtual one claims its host's.
		GLIBC_TUNABLES: "glibc.cpu.x86_non_temporal_threshold=0x200000",
		// Guests may bring a runtime of their own.
		ORT_DISABLE_TELEMETRY: "1",
		...compiledCache(env),
		...extra,
	};
}

/** Starts the child's program, from source or as it was built, with pipes for what it prints; `flags` are for Node. */
export function forkChild(
	extra: Readonly<Record<string, string>> | undefined,
	flags: readonly string[] = [],
): ChildProcess {
	const extension = extname(fileURLToPath(import.meta.url));
	return fork(fileURLToPath(new URL(`./child${extension}`, import.meta.url)), [], {
		execPath: process.execPath,
		execArgv: [...(extension === ".ts" ? ["--conditions=mutoscope:source"] : []), ...flags],
		env: childEnvironment(process.env, extra),
		serialization: "advanced",
		stdio: ["ignore", "pipe", "pipe", "ipc"],
		windowsHide: true,
	});
}

/** Resolves once a child is dead and its last words were heard, with the reason. */
export async function gone(child: ChildProcess): Promise<string> {
	const { promise, resolve } = Promise.withResolvers<string>();
	child.on("error", (error) => resolve(error.message));
	child.once("exit", (code, signal) => resolve(signal ? `it was killed by ${signal}` : `it exited with code ${code}`));
	const heard = Promise.all([once(child, "close"), child.connected ? once(child, "disconnect") : undefined]);
	const reason = await promise;
	// If it was us who slept, what it said is read right after the timer.
	const silent = setTimeout(LAST_WORDS * 1000).then(() => setImmediate());
	await Promise.race([heard.catch(() => undefined), silent]);
	return reason;
}
