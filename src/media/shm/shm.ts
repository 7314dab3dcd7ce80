import { MutoscopeError } from "../../base/errors.ts";
import { linux } from "./linux.ts";
import { macos } from "./macos.ts";
import type { SharedMemory } from "./segment.ts";
import { windows } from "./windows.ts";

const systems: Partial<Record<NodeJS.Platform, () => SharedMemory>> = { linux, darwin: macos, win32: windows };
let opened: SharedMemory | undefined;

/** Shared memory of the machine we run on. Throws `system/unsupported`. */
export function sharedMemory(): SharedMemory {
	const { platform } = process;
	const open = systems[platform];
	if (!open) {
		throw new MutoscopeError("system/unsupported", { feature: "Shared memory", platform, reason: "not written yet" });
	}
	opened ??= open();
	return opened;
}
